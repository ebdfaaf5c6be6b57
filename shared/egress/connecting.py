"""Connections to the very address that the guard approved, which end by a deadline."""

import socket
from collections.abc import Callable
from functools import partial
from ipaddress import IPv6Address, ip_address
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from shared.egress.deadline import Deadline
from shared.egress.guard import EgressGuard

Open = Callable[[HTTPConnection], socket.socket]


class _Pinned(HTTPConnection):
    """Connects as it was told to when it was made."""

    def __init__(self, *args: Any, opened: Open, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opened = opened

    def _new_conn(self) -> socket.socket:
        return self._opened(self)


class _PinnedTls(_Pinned, HTTPSConnection):
    """The same for TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Pinned


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _PinnedTls


def pinned_pools(guard: EgressGuard, deadline: Deadline) -> dict[str, Callable[..., HTTPConnectionPool]]:
    """Makers of pools, by scheme, whose hosts are addresses; connecting asks no resolver a second time."""

    def opened(connection: HTTPConnection) -> socket.socket:
        return _opened(connection, guard, deadline)

    return {"http": partial(_Pool, opened=opened), "https": partial(_TlsPool, opened=opened)}


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
