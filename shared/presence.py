"""Which workers are alive, have their model loaded, and take jobs: a key in Redis that each keeps fresh."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

PREFIX = "rollcall:worker:"
REFRESH_SECONDS = 5
FORGOTTEN_AFTER_SECONDS = 15


@dataclass(frozen=True)
class WorkerSeen:
    """A worker that was seen lately; ``idle_seconds`` is 0 while it works on a job.

    ``queues`` are those that it takes jobs from; empty for one of an earlier version, which takes from all.
    ``model`` is the model pack that it has loaded; empty for one of an earlier version, too.
    """

    name: str
    idle_seconds: float
    queues: tuple[str, ...] = ()
    model: str = ""

    def serves(self, queue: str) -> bool:
        """Whether it takes jobs from a queue."""
        return not self.queues or queue in self.queues


class Presence:
    """This process's word that it is there, and how long it has had nothing to do."""

    def __init__(self, redis: Redis, queues: Sequence[str]) -> None:
        self._redis = redis
        self._queues = list(queues)
        self._idle_since: float | None = time.time()

    def announce(self, worker_name: str, model_id: str = "") -> None:
        """Keep the worker's key fresh from a thread, as long as the process lives."""
        threading.Thread(target=self._refresh, args=(PREFIX + worker_name, model_id), daemon=True).start()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """The worker works on something for the length of the block."""
        self._idle_since = None
        try:
            yield
        finally:
            self._idle_since = time.time()

    def _refresh(self, key: str, model_id: str) -> None:
        pause = threading.Event()
        while True:
            # Redis may be restarting; the next round tells it again.
            with suppress(RedisError):
                word = {"idle_since": self._idle_since, "queues": self._queues, "model": model_id}
                self._redis.set(key, json.dumps(word), ex=FORGOTTEN_AFTER_SECONDS)
            pause.wait(REFRESH_SECONDS)


def workers_present(redis: Redis) -> list[WorkerSeen]:
    """The workers seen lately, by name. Raises redis's errors."""
    # Redis looks at all of its keys for this, of which every job has one for an hour.
    keys = sorted(str(key) for key in redis.scan_iter(match=f"{PREFIX}*", count=1000))
    words: Any = redis.mget(keys) if keys else []
    return [
        _seen(key.removeprefix(PREFIX), json.loads(word))
        for key, word in zip(keys, words, strict=True)
        if word is not None
    ]


def _seen(name: str, told: Any) -> WorkerSeen:
    # A worker of an earlier version only says that it is there.
    known = told if isinstance(told, dict) else {}
    since = known.get("idle_since")
    idle_seconds = max(0.0, time.time() - since) if since is not None else 0.0
    return WorkerSeen(name, idle_seconds, tuple(known.get("queues", ())), str(known.get("model", "")))
