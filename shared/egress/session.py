"""A requests session that connects only where the guard allows, and not for ever."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import adapters
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from shared.egress.connecting import pinned_pools
from shared.egress.deadline import Deadline
from shared.egress.guard import EgressGuard
from shared.egress.targets import DEFAULT_PORTS


class GuardedSession(requests.Session):
    """Used as a context: all that happens within it has ended ``deadline_seconds`` after it was made.

    Leaving the context after that raises Timeout, since what was cut off can look complete. Redirects are
    never followed; proxies and .netrc of the machine are ignored.
    """

    def __init__(self, guard: EgressGuard, field: str, deadline_seconds: float) -> None:
        super().__init__()
        self.trust_env = False
        self._guard = guard
        self._field = field
        self._deadline = Deadline(deadline_seconds)
        for prefix in ("http://", "https://"):
            self.mount(prefix, PinnedAddressAdapter(guard, field, self._deadline))

    def __exit__(self, *args: object) -> None:
        super().__exit__(*args)
        if args[0] is None:
            self.require_time()

    def close(self) -> None:
        """Close all connections."""
        self._deadline.close()
        super().close()

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request. Raises InvalidField and EgressDenied besides what requests raises."""
        self._guard.check_url(str(url), self._field)
        return super().request(method, url, *args, **kwargs)

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None: to tell the next request, requests would read this answer's body into memory, all of it."""
        return None

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """The block must end sooner than the session: after so many seconds, everything is cut off."""
        return self._deadline.within(seconds)

    def require_time(self) -> None:
        """Raises Timeout once the deadline has passed: what came since may be cut off."""
        self._deadline.require_time()


class PinnedAddressAdapter(adapters.HTTPAdapter):
    """Resolves a host once, has every address checked, and connects to a checked one.

    TLS still names and verifies the host of the url, and the Host header carries it.
    """

    def __init__(self, guard: EgressGuard, field: str, deadline: Deadline) -> None:
        self._guard = guard
        self._field = field
        self._deadline = deadline
        super().__init__(max_retries=0)
        self.poolmanager.pool_classes_by_scheme = pinned_pools(guard, deadline)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send to the pinned address. Raises EgressDenied besides what requests raises."""
        self._guard.check_url(str(request.url), self._field)
        request.headers["Host"] = urlsplit(str(request.url)).netloc
        try:
            return super().send(request, *args, **kwargs)
        except HTTPError as error:
            raise requests.ConnectionError(error, request=request) from error

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Put the approved address in the place of the host name."""
        host_params, tls_params = super().build_connection_pool_key_attributes(request, verify, cert)
        pool_kwargs: dict[str, Any] = dict(tls_params)
        host, scheme = host_params["host"], host_params["scheme"]
        if host_params["port"] is None:
            host_params["port"] = DEFAULT_PORTS[scheme]
        try:
            host_params["host"] = self._guard.resolve(
                host, host_params["port"], self._field, self._deadline.remaining()
            )
        except (OSError, UnicodeError) as error:
            raise requests.ConnectionError(f"{host} has no address", request=request) from error
        if scheme == "https":
            pool_kwargs |= {"server_hostname": host, "assert_hostname": host.rstrip(".")}
            pool_kwargs["ssl_context"] = _trusting(adapters.DEFAULT_CA_BUNDLE_PATH)
        return host_params, pool_kwargs

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ARG002
        """Always verify, by the authorities that the pool's context trusts already."""
        conn.cert_reqs = "CERT_REQUIRED"


@cache
def _trusting(authorities_file: str) -> SSLContext:
    """A context that verifies by these authorities; of all connections, as to read them takes 25 ms."""
    context = create_urllib3_context()
    context.load_verify_locations(authorities_file)
    return context


def received(response: requests.Response, chunk_bytes: int) -> Iterator[bytes]:
    """The body as it comes, in pieces of up to so many bytes, and never unpacked. Raises RequestException.

    A piece is what has arrived, so that a slow sender is seen to be slow.
    """
    try:
        while piece := response.raw.read1(chunk_bytes, decode_content=False):
            yield piece
    except HTTPError as error:
        raise requests.ConnectionError(error, request=response.request) from error
