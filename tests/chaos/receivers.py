"""Webhook receivers that are not well."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket, bytes], None]
ANSWERING_SECONDS = 60


@contextmanager
def receiver(talk: Talk) -> Iterator[str]:
    """The url of a receiver that is given each connection with the request that came over it."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                talk(connection, _request(connection))

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def answering(status: int, *headers: str) -> Talk:
    """At once, with a status."""
    lines = [f"HTTP/1.1 {status} So", *headers, "Content-Length: 0", "Connection: close"]
    answer = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return lambda connection, _: connection.sendall(answer)


def dripping(connection: socket.socket, _: bytes) -> None:
    """A byte of an endless header every second."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    ends_at = time.monotonic() + ANSWERING_SECONDS
    while time.monotonic() < ends_at:
        connection.sendall(b"x")
        time.sleep(1)


def resetting(connection: socket.socket, _: bytes) -> None:
    """The connection is reset once the request was read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(connection: socket.socket, _: bytes) -> None:
    """Nothing, for longer than anybody waits."""
    connection.settimeout(ANSWERING_SECONDS)
    connection.recv(1)


@contextmanager
def nobody() -> Iterator[str]:
    """A url where nobody listens."""
    with socket.socket() as reserved:
        # Bound and not listening: nobody else gets the port, and whoever connects is refused.
        reserved.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{reserved.getsockname()[1]}/hook"
