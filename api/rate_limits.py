"""How many requests a tenant may send: counted in Redis for all gateways together.

The headers are those of the IETF's draft-ietf-httpapi-ratelimit-headers-10.
"""

import math
import time

from flask import Flask, Response, g
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from shared.errors import RateLimited
from shared.logging import log
from shared.redis_options import tls_options
from shared.services import Services
from shared.settings import Settings
from shared.store.tenants import Caller

WINDOW_SECONDS = 60
KEY_PREFIX = "rollcall:rate"
PATIENCE_SECONDS = 0.25
# For so long nobody is counted after Redis did not answer.
AWAY_SECONDS = 5.0


class RateLimits:
    """Counts requests by tenant."""

    def __init__(self, services: Services) -> None:
        self._usual = services.settings.requests_per_minute
        self._limiter = SlidingWindowCounterRateLimiter(_storage(services.settings))
        self._away_until = 0.0

    def count(self, caller: Caller) -> None:
        """Count a request of the caller's. Raises RateLimited; without Redis nobody is limited."""
        number = self._usual if caller.requests_per_minute is None else caller.requests_per_minute
        if not number or time.monotonic() < self._away_until:
            return
        limit = RateLimitItemPerMinute(number)
        try:
            allowed = self._limiter.hit(limit, caller.tenant_id)
            g.rate_limit = _headers(limit, *self._limiter.get_window_stats(limit, caller.tenant_id))
        except (RedisError, StorageError) as error:
            log.warning("requests_not_counted", error=type(error).__name__)
            self._away_until = time.monotonic() + AWAY_SECONDS
            return
        if not allowed:
            raise RateLimited(
                f"More than {number} requests in a minute; wait, or have the operator raise the limit.",
                retry_after_seconds=float(g.rate_limit["reset"]),
            )


def _storage(settings: Settings) -> RedisStorage:
    """Connections of their own, since nobody's request may wait for a Redis that hangs."""
    pool = ConnectionPool.from_url(
        settings.broker_url,
        socket_connect_timeout=PATIENCE_SECONDS,
        socket_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
        **tls_options(settings),
    )
    # The address only tells the library what kind of server it is.
    return RedisStorage("redis://", connection_pool=pool, key_prefix=KEY_PREFIX)


def register_rate_headers(app: Flask) -> None:
    """Tell callers what is left to them, in every answer to a counted request."""

    @app.after_request
    def tell(response: Response) -> Response:
        told = g.get("rate_limit")
        if told:
            response.headers["RateLimit-Policy"] = f'"tenant";q={told["quota"]};w={WINDOW_SECONDS}'
            response.headers["RateLimit"] = f'"tenant";r={told["remaining"]};t={told["reset"]}'
        return response


def _headers(limit: RateLimitItem, reset_time: float, remaining: int) -> dict[str, int]:
    reset_seconds = min(max(math.ceil(reset_time - time.time()), 1), WINDOW_SECONDS)
    return {"quota": limit.amount, "remaining": remaining, "reset": reset_seconds}
