"""How fast queues are worked off, as it was a moment ago: many requests ask, and asking costs."""

import time

from shared.load import Drain, drain_of
from shared.services import Services

FRESH_SECONDS = 0.5


class Drains:
    """Of one gateway."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: dict[str, tuple[float, Drain]] = {}

    def of(self, queue: str) -> Drain:
        """How fast the queue is worked off. Raises redis's errors."""
        seen_at, drain = self._seen.get(queue, (0.0, None))
        if drain is None or time.monotonic() - seen_at > FRESH_SECONDS:
            drain = drain_of(self._services.redis, queue)
            self._seen[queue] = (time.monotonic(), drain)
        return drain
