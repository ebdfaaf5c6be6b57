"""A requests session that connects only where the guard allows, to the very address it approved."""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from shared.egress.guard import EgressGuard


class PinnedAddressAdapter(HTTPAdapter):
    """Resolves a host once, has every address checked, and connects to a checked one.

    TLS still names and verifies the host of the url, and the Host header carries it.
    """

    def __init__(self, guard: EgressGuard, field: str) -> None:
        self._guard = guard
        self._field = field
        super().__init__(max_retries=0)

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
        except OSError as error:
            raise requests.ConnectionError(f"{host} has no address", request=request) from error
        if scheme == "https":
            pool_kwargs |= {"server_hostname": host, "assert_hostname": host}
        return host_params, pool_kwargs


def guarded_session(guard: EgressGuard, field: str) -> requests.Session:
    """A session for urls that a caller named in ``field``; ignores proxies and .netrc of the machine."""
    session = requests.Session()
    session.trust_env = False
    for prefix in ("http://", "https://"):
        session.mount(prefix, PinnedAddressAdapter(guard, field))
    return session
