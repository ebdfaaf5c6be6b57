"""How many requests a tenant may send: counted in Redis for all gateways together.

The headers are those of the IETF's draft-ietf-httpapi-ratelimit-headers-10.
"""

import math
import threading
import time
from dataclasses import dataclass

from flask import Flask, Response, g
from limits import RateLimitItemPerMinute
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
# Far from the limit, a tenant's requests are told to Redis together: to ask it for each takes longer than all
# else that letting a request in takes.
TOLD_EVERY_SECONDS = 0.1
LEAST_RESERVE, RESERVE_SHARE, UNTOLD_SHARE = 100, 10, 20
# For so long nobody is counted after Redis did not answer.
AWAY_SECONDS = 5.0


@dataclass
class _Known:
    """What Redis last told of a tenant, and the requests that it has not been told of since."""

    quota: int
    left: int
    resets_at: float
    asked_at: float
    untold: int = 0

    def is_enough(self, moment: float) -> bool:
        """Whether one request more can be let in and told later, far from the limit and not much later.

        Other gateways may let in as many that this one does not know of.
        """
        far = self.left - self.untold > max(LEAST_RESERVE, self.quota // RESERVE_SHARE)
        few = self.untold < self.left // UNTOLD_SHARE
        return far and few and moment - self.asked_at < TOLD_EVERY_SECONDS

    def headers(self) -> dict[str, int]:
        """For the answer."""
        reset_seconds = min(max(math.ceil(self.resets_at - time.time()), 1), WINDOW_SECONDS)
        return {"quota": self.quota, "remaining": max(0, self.left - self.untold), "reset": reset_seconds}


class RateLimits:
    """Counts requests by tenant."""

    def __init__(self, services: Services) -> None:
        self._usual = services.settings.requests_per_minute
        self._limiter = SlidingWindowCounterRateLimiter(_storage(services.settings))
        self._away_until = 0.0
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def count(self, caller: Caller) -> None:
        """Count a request of the caller's. Raises RateLimited; without Redis nobody is limited."""
        number = self._usual if caller.requests_per_minute is None else caller.requests_per_minute
        moment = time.monotonic()
        if not number or moment < self._away_until:
            return
        cost = self._cost_to_tell(caller.tenant_id, number, moment)
        if not cost:
            return
        limit = RateLimitItemPerMinute(number)
        try:
            allowed = self._limiter.hit(limit, caller.tenant_id, cost=cost)
            resets_at, left = self._limiter.get_window_stats(limit, caller.tenant_id)
        except (RedisError, StorageError) as error:
            log.warning("requests_not_counted", error=type(error).__name__)
            self._away_until = time.monotonic() + AWAY_SECONDS
            return
        known = _Known(number, left, resets_at, moment)
        with self._lock:
            self._known[caller.tenant_id] = known
        g.rate_limit = known.headers()
        if not allowed:
            raise RateLimited(
                f"More than {number} requests in a minute; wait, or have the operator raise the limit.",
                retry_after_seconds=float(g.rate_limit["reset"]),
            )

    def _cost_to_tell(self, tenant_id: str, number: int, moment: float) -> int:
        """How many requests to tell Redis of, this one among them; 0 if that can wait."""
        with self._lock:
            known = self._known.get(tenant_id)
            if known is None or known.quota != number:
                return 1
            if known.is_enough(moment):
                known.untold += 1
                g.rate_limit = known.headers()
                return 0
            cost, known.untold = known.untold + 1, 0
            # Others go on with what was known while this one asks.
            known.left -= cost
            known.asked_at = moment
            return cost


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
