"""Connections to the very address that the guard approved, which end by a deadline."""

import socket
from ipaddress import IPv6Address, ip_address

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from shared.egress.deadline import Deadline
from shared.egress.guard import EgressGuard


def pinned_pools(guard: EgressGuard, deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """Pools, by scheme, whose hosts are addresses; connecting asks no resolver a second time."""

    class PinnedConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _opened(self, guard, deadline)

    class PinnedTlsConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _opened(self, guard, deadline)

    class Pool(HTTPConnectionPool):
        ConnectionCls = PinnedConnection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = PinnedTlsConnection

    return {"http": Pool, "https": TlsPool}


def _opened(connection: HTTPConnection, guard: EgressGuard, deadline: Deadline) -> socket.socket:
    address, port = ip_address(connection.host.strip("[]")), connection.port
    if not guard.may_connect(address, port):
        raise NewConnectionError(connection, f"{address} port {port} is not to be reached")
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        for option in connection.socket_options or ():
            opened.setsockopt(*option)
        opened.settimeout(_patience(connection, deadline))
        opened.connect((str(address), port))
        deadline.watch(opened)
    except OSError as error:
        opened.close()
        if isinstance(error, TimeoutError):
            raise ConnectTimeoutError(connection, f"{address} took too long to connect") from error
        raise NewConnectionError(connection, f"{address} cannot be connected to: {error}") from error
    return opened


def _patience(connection: HTTPConnection, deadline: Deadline) -> float:
    """Seconds that connecting may take. Raises TimeoutError if there is no time left."""
    remaining = deadline.remaining()
    if not remaining:
        raise TimeoutError("the deadline has passed")
    return min(connection.timeout, remaining) if isinstance(connection.timeout, int | float) else remaining
