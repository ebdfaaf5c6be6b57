"""The fault proxy itself: a campaign through a broken one would prove nothing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.chaos.proxy import FaultProxy, fault_proxy


@contextmanager
def echo_server() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=echo, args=(connection,), daemon=True).start()

        def echo(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                while data := connection.recv(1024):
                    connection.sendall(data)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    """A proxy before an echo."""
    with echo_server() as port, fault_proxy(port) as before:
        yield before


def connected(proxy: FaultProxy) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", proxy.port), timeout=1)
    client.sendall(b"hello")
    assert client.recv(5) == b"hello"
    return client


def test_it_forwards_both_ways(proxy: FaultProxy) -> None:
    connected(proxy).close()


def test_a_cut_closes_what_is_open(proxy: FaultProxy) -> None:
    with connected(proxy) as client:
        proxy.cut()
        assert client.recv(1) == b""


def test_after_a_cut_new_connections_are_taken(proxy: FaultProxy) -> None:
    connected(proxy).close()
    proxy.cut()
    connected(proxy).close()


def test_while_it_hangs_nothing_comes(proxy: FaultProxy) -> None:
    with connected(proxy) as client:
        proxy.hang()
        client.settimeout(0.3)
        client.sendall(b"late")
        with pytest.raises(TimeoutError):
            client.recv(4)


def test_what_came_while_it_hung_arrives_later(proxy: FaultProxy) -> None:
    with connected(proxy) as client:
        proxy.hang()
        client.sendall(b"late")
        proxy.resume()
        assert client.recv(4) == b"late"
