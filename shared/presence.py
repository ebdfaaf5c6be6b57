"""Which workers are alive and have their model loaded: a key in Redis that each of them keeps fresh."""

import threading
from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError

PREFIX = "rollcall:worker:"
REFRESH_SECONDS = 5
FORGOTTEN_AFTER_SECONDS = 15


def announce_presence(redis: Redis, worker_name: str) -> None:
    """Keep the worker's key fresh from a thread of this process, as long as the process lives."""
    threading.Thread(target=_refresh, args=(redis, PREFIX + worker_name), daemon=True).start()


def _refresh(redis: Redis, key: str) -> None:
    pause = threading.Event()
    while True:
        # Redis may be restarting; the next round tells it again.
        with suppress(RedisError):
            redis.set(key, 1, ex=FORGOTTEN_AFTER_SECONDS)
        pause.wait(REFRESH_SECONDS)


def workers_present(redis: Redis) -> list[str]:
    """Names of the workers seen lately. Raises redis's errors."""
    return sorted(str(key).removeprefix(PREFIX) for key in redis.scan_iter(match=f"{PREFIX}*"))
