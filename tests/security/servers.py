"""Servers that say exactly what a test wants, byte for byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket, bytes], None]
"""Gets the connection and the head of the request; the connection is closed when it returns."""

HERE = "127.77.0.1"
"""An address of this machine that tests open, while the rest of it stays closed."""
OPENED = f"{HERE}/32"


@contextmanager
def serving(
    talk: Talk, address: str = HERE, tls: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[int]:
    """The port of a server that has each connection talked to in a thread of its own."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, port), family=family) as listener:
        threading.Thread(target=_accept, args=(listener, talk, tls), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            # Closing alone does not wake up a thread that waits in accept.
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, talk: Talk, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_talk, args=(connection, talk, tls), daemon=True).start()


def _talk(connection: socket.socket, talk: Talk, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):
        if tls is not None:
            connection = tls.wrap_socket(connection, server_side=True)
        with connection:
            talk(connection, request_head(connection))
            _part(connection)


def _part(connection: socket.socket) -> None:
    """End the connection in peace: closing it with something unread would take the answer back."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(2)
    while connection.recv(65536):
        pass


def request_head(connection: socket.socket) -> bytes:
    """What came up to the end of the request's headers, at least."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            break
        received += piece
    return received


def answer(body: bytes = b"audio", head: str = "HTTP/1.1 200 OK") -> bytes:
    """A whole answer with its length."""
    return f"{head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def saying(said: bytes) -> Talk:
    """Says the same to everybody."""
    return lambda connection, _: connection.sendall(said)


def redirecting(location: str, status: str = "302 Found") -> bytes:
    """An answer that sends on to another address, whatever that looks like."""
    head = f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return head.encode()
