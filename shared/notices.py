"""Word from a worker about a job: its progress, and that it is done.

A Redis stream per job: what was said before a listener came is still heard, and every listener of the same
job hears it. It is only word, never the answer: that is in the ledger.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from redis import Redis

KEPT_SECONDS = 3600
MOST_NOTICES = 200
BEGINNING = "0"
# Below the timeout of five seconds that redis-py gives every connection.
LONGEST_BLOCK_SECONDS = 4.0


@dataclass(frozen=True)
class Notice:
    """One word about a job: the share of a stage that is done, or that the job is."""

    id: str
    done: bool
    stage: str = ""
    share: float = 0.0
    error: dict[str, Any] | None = None


class Notices:
    """Says how jobs stand, and listens."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def progress(self, job_id: str, stage: str, share: float) -> None:
        """Tell how much of a stage is done, from 0 to 1. Raises redis's errors."""
        self._say(job_id, {"stage": stage, "share": f"{share:.3f}"})

    def announce(self, job_id: str, error: dict[str, Any] | None = None) -> None:
        """Wake everybody who waits for the job; its error is told too. Raises redis's errors.

        The row of a refused job goes with its first answer, and others may wait for the same one.
        """
        self._say(job_id, {"done": json.dumps(error)})

    def wait(self, job_id: str, seconds: float) -> Notice | None:
        """The word that the job is done, None if it was not in time. Raises redis's errors."""
        deadline, last = time.monotonic() + seconds, BEGINNING
        while (remaining := deadline - time.monotonic()) > 0:
            for notice in self.listen(job_id, last, remaining):
                if notice.done:
                    return notice
                last = notice.id
        return None

    def listen(self, job_id: str, after_id: str, seconds: float) -> Iterator[Notice]:
        """What was said after a notice, as soon as there is any; nothing if none comes in time.

        Raises redis's errors.
        """
        heard: Any = self._redis.xread(
            {_key(job_id): after_id}, block=max(1, int(min(seconds, LONGEST_BLOCK_SECONDS) * 1000))
        )
        for _, entries in heard or []:
            yield from (_notice(entry_id, fields) for entry_id, fields in entries)

    def latest(self, job_id: str) -> Notice | None:
        """The last word about a job; None if there is none. Raises redis's errors."""
        entries: Any = self._redis.xrevrange(_key(job_id), count=1)
        return next((_notice(entry_id, fields) for entry_id, fields in entries), None)

    def _say(self, job_id: str, fields: dict[str, str]) -> None:
        # Not a transaction: if the second is lost, the next word sets the end of what is kept.
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.xadd(_key(job_id), fields, maxlen=MOST_NOTICES)  # type: ignore[arg-type]
            pipe.expire(_key(job_id), KEPT_SECONDS)
            pipe.execute()


def _notice(entry_id: str, fields: dict[str, str]) -> Notice:
    if "done" in fields:
        return Notice(entry_id, done=True, error=json.loads(fields["done"]))
    return Notice(entry_id, done=False, stage=fields["stage"], share=float(fields["share"]))


def _key(job_id: str) -> str:
    return f"rollcall:notices:{job_id}"
