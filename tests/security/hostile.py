"""Peers that hold a worker up, fill its memory or lie; each says how its connection goes."""

import gzip
import itertools
import socket
import time
from collections.abc import Iterable
from typing import Final

from tests.security.servers import Talk, answer, redirecting

OK: Final = b"HTTP/1.1 200 OK\r\n"
PIECE: Final = bytes(64 * 1024)
BOMB: Final = gzip.compress(bytes(512 * 1024 * 1024), 1)
"""Half a gibibyte in some two mebibytes."""
LONGEST_SECONDS: Final = 60
"""No peer goes on for longer, whatever the other side does."""


def repeating(head: bytes, piece: bytes, pause_seconds: float = 0) -> Talk:
    """Sends the head, and then the piece again and again."""

    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        ends_at = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < ends_at:
            connection.sendall(piece)
            time.sleep(pause_seconds)

    return talk


def saying_all(pieces: Iterable[bytes]) -> Talk:
    """Sends the pieces once."""
    said = list(pieces)
    return lambda connection, _: connection.sendall(b"".join(said))


def silent(connection: socket.socket, _: bytes) -> None:
    """Keeps the connection, and says nothing."""
    connection.settimeout(LONGEST_SECONDS)
    while connection.recv(65536):
        pass


def _packed(encoding: str, status: str = "200 OK", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\n{more}Content-Encoding: {encoding}\r\nContent-Length: {len(BOMB)}\r\n\r\n"
    return head.encode() + BOMB


def _chunks(count: int) -> Iterable[bytes]:
    return itertools.repeat(b"5\r\naudio\r\n", count)


CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"
AWAY: Final = b"HTTP/1.1 302 Found\r\nLocation: /on\r\n"

HOSTILE: Final[dict[str, Talk]] = {
    "silence": silent,
    "head of 1 byte/s": repeating(OK + b"X: ", b"x", 1),
    "body of 1 byte/s": repeating(OK + b"Content-Length: 99999\r\n\r\n", b"x", 1),
    "chunks of 1 byte/s": repeating(CHUNKED, b"1\r\nx\r\n", 1),
    "1 byte of a chunk's length per s": repeating(CHUNKED, b"0", 1),
    "endless body": repeating(OK + b"\r\n", PIECE),
    "endless chunks": repeating(CHUNKED, b"10000\r\n" + PIECE + b"\r\n"),
    "endless chunk": repeating(CHUNKED + b"fffffffffffff\r\n", PIECE),
    "endless length of a chunk": repeating(CHUNKED, b"0" * 65536),
    "endless chunk extension": repeating(CHUNKED + b"5;", b"x" * 65536),
    "endless trailer": repeating(CHUNKED + b"0\r\nX: ", b"x" * 65536),
    "endless trailers": repeating(CHUNKED + b"0\r\n", b"X: y\r\n" * 8192),
    "endless header": repeating(OK + b"X: ", b"x" * 65536),
    "endless headers": repeating(OK, b"X: y\r\n" * 8192),
    "endless 100 Continue": repeating(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1024),
    "endless status line": repeating(b"HTTP/1.1 200 ", b"x" * 65536),
    "length of more than is allowed": repeating(OK + b"Content-Length: 99999999999\r\n\r\n", PIECE),
    "length of more than is sent": saying_all([OK, b"Content-Length: 9999\r\n\r\n", b"audio"]),
    "length, and an endless body": repeating(OK + b"Content-Length: 99999999\r\n\r\n", PIECE),
    "length that is no number": repeating(OK + b"Content-Length: many\r\n\r\n", PIECE),
    "length of 5000 digits": repeating(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", PIECE),
    "negative length": repeating(OK + b"Content-Length: -1\r\n\r\n", PIECE),
    "two lengths": saying_all([OK, b"Content-Length: 5\r\nContent-Length: 99\r\n\r\n", b"audio"]),
    "length besides chunks": saying_all(
        [OK, b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", *_chunks(9), b"0\r\n\r\n"]
    ),
    "chunks that end early": saying_all([CHUNKED, *_chunks(9)]),
    "chunk of negative length": saying_all([CHUNKED, b"-5\r\naudio\r\n0\r\n\r\n"]),
    "gzip bomb": saying_all([_packed("gzip")]),
    "gzip bomb within others": saying_all([_packed("identity, X-GZIP")]),
    "gzip bomb in a redirect": saying_all([_packed("gzip", "302 Found", "Location: /on\r\n")]),
    "redirect loop": saying_all([redirecting("/on")]),
    "redirect to no address": saying_all([redirecting("http://[::1")]),
    "redirect to no text": saying_all([AWAY.replace(b"/on", b"/\xff\xfe"), b"\r\n"]),
    "redirect with an endless body": repeating(AWAY + b"\r\n", PIECE),
    "redirect with a body of 1 byte/s": repeating(AWAY + b"\r\n", b"x", 1),
    "error with an endless body": repeating(b"HTTP/1.1 500 No\r\n\r\n", PIECE),
    "no HTTP": repeating(b"220 mail.example ESMTP\r\n", PIECE),
    "HTTP/0.9": repeating(b"audio", PIECE),
}

STEADY: Final = repeating(OK + b"\r\n", PIECE, 0.01)
"""An endless body of some 6 MiB/s."""
TRUNCATED: Final = saying_all([answer(b"audio"), b"and more that the length does not count"])
"""A length of less than is sent: what is counted is all there is."""
