"""When a webhook is tried again."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

RETRY_DELAYS_SECONDS: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the attempt before: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. With the first attempt that
makes ten, over about three days."""
JITTER_SHARE: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 86_400.0
"""No receiver puts its own webhooks off for longer than this."""
SCHEDULE_SECONDS: Final = sum(RETRY_DELAYS_SECONDS) * (1 + JITTER_SHARE)
"""From the first attempt to the last, at most, if no receiver asks for more time."""


def next_attempt(attempts_made: int, moment: datetime, pause_seconds: float | None) -> datetime | None:
    """When to try again after so many attempts, the last one at ``moment``; None once all are made.

    ``pause_seconds`` is for how long the receiver asked to be left alone, if it did.
    """
    if attempts_made > len(RETRY_DELAYS_SECONDS):
        return None
    delay_seconds = max(RETRY_DELAYS_SECONDS[attempts_made - 1], pause_seconds or 0)
    # Jitter, so that a receiver that comes back is not met by everything at once.
    return moment + timedelta(seconds=delay_seconds * random.uniform(1, 1 + JITTER_SHARE))  # noqa: S311


def pause_asked_for(retry_after: str | None, moment: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3); None for none, or one without sense."""
    if retry_after is None:
        return None
    value = retry_after.strip()
    if value.isascii() and value.isdecimal():
        seconds = float(value)
    else:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - moment).total_seconds()
    return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS)
