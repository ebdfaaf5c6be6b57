"""How long this worker's jobs keep it, which is what the wait of a new job is told by."""

import math
import time

from redis import Redis
from redis.exceptions import RedisError

from shared.load import record_service_seconds
from shared.logging import log

# Between two jobs of a backlog a worker needs less; a longer pause is that nothing was to do.
DISPATCH_SECONDS = 0.25


class Pace:
    """Of one process, which has one job at a time."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._kept_since = self._free_since = -math.inf

    def begin(self) -> None:
        """A message has come; the moment between it and the job before is a part of what jobs cost."""
        moment = time.monotonic()
        self._kept_since = self._free_since if moment - self._free_since < DISPATCH_SECONDS else moment

    def end(self, queue: str) -> None:
        """A job of the queue was done for it."""
        self._free_since = time.monotonic()
        try:
            record_service_seconds(self._redis, queue, self._free_since - self._kept_since)
        except RedisError as error:
            log.warning("duration_not_recorded", error=type(error).__name__)
