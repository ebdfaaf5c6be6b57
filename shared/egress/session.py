"""A requests session that connects only where the guard allows, and not for ever."""

import socket
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from shared.egress.guard import EgressGuard


class GuardedSession(requests.Session):
    """Used as a context: all that happens within it has ended ``deadline_seconds`` after it was entered.

    The timeouts of requests start anew with every byte; here the connection is shut down when time is up,
    wherever it is: in a handshake, in a header, in a body. Leaving the context then raises Timeout, since
    what was cut off can look complete. Proxies and .netrc of the machine are ignored.
    """

    def __init__(self, guard: EgressGuard, field: str, deadline_seconds: float) -> None:
        super().__init__()
        self.trust_env = False
        self._expired = False
        self._connected: list[socket.socket] = []
        self._timer = threading.Timer(deadline_seconds, self._cut_off)
        self._timer.daemon = True
        for prefix in ("http://", "https://"):
            self.mount(prefix, PinnedAddressAdapter(guard, field, self._connected))

    def __enter__(self) -> "GuardedSession":
        self._timer.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._timer.cancel()
        super().__exit__(*args)
        if args[0] is None:
            self.require_time()

    def require_time(self) -> None:
        """Raises Timeout once the deadline has passed: what came since may be cut off."""
        if self._expired:
            raise requests.Timeout("the deadline has passed")

    def _cut_off(self) -> None:
        self._expired = True
        for connection in list(self._connected):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class PinnedAddressAdapter(HTTPAdapter):
    """Resolves a host once, has every address checked, and connects to a checked one.

    TLS still names and verifies the host of the url, and the Host header carries it.
    """

    def __init__(self, guard: EgressGuard, field: str, connected: list[socket.socket]) -> None:
        self._guard = guard
        self._field = field
        super().__init__(max_retries=0)
        self.poolmanager.pool_classes_by_scheme = _noting_pools(connected)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send to the pinned address. Raises EgressDenied besides what requests raises."""
        self._guard.check_url(str(request.url), self._field)
        request.headers["Host"] = urlsplit(str(request.url)).netloc
        return super().send(request, *args, **kwargs)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Put the approved address in the place of the host name."""
        host_params, tls_params = super().build_connection_pool_key_attributes(request, verify, cert)
        pool_kwargs: dict[str, Any] = dict(tls_params)
        host, scheme = host_params["host"], host_params["scheme"]
        port = host_params["port"] or (443 if scheme == "https" else 80)
        try:
            host_params["host"] = self._guard.resolve(host, port, self._field)
        except (OSError, UnicodeError) as error:
            raise requests.ConnectionError(f"{host} has no address", request=request) from error
        if scheme == "https":
            pool_kwargs |= {"server_hostname": host, "assert_hostname": host}
        return host_params, pool_kwargs


def _noting_pools(connected: list[socket.socket]) -> dict[str, type[HTTPConnectionPool]]:
    """Pools whose connections note their sockets as soon as they have one, before any handshake."""

    class NotingConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            opened = super()._new_conn()
            connected.append(opened)
            return opened

    class NotingTlsConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            opened = super()._new_conn()
            connected.append(opened)
            return opened

    class Pool(HTTPConnectionPool):
        ConnectionCls = NotingConnection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = NotingTlsConnection

    return {"http": Pool, "https": TlsPool}
