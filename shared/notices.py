"""Word from a worker to a waiting request that its job is done.

A Redis stream per job: what was said before the listener came is still heard, and every listener of
the same job hears it. It is only word, never the answer: that is in the ledger.
"""

from redis import Redis

KEPT_SECONDS = 600


class Notices:
    """Announces finished jobs and waits for them."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def announce(self, job_id: str) -> None:
        """Wake everybody who waits for the job. Raises redis's errors."""
        with self._redis.pipeline() as pipe:
            pipe.xadd(_key(job_id), {"done": 1})
            pipe.expire(_key(job_id), KEPT_SECONDS)
            pipe.execute()

    def wait(self, job_id: str, seconds: float) -> bool:
        """True as soon as the job is announced, False if it was not in time. Raises redis's errors."""
        heard = self._redis.xread({_key(job_id): "0"}, block=max(1, int(seconds * 1000)), count=1)
        return bool(heard)


def _key(job_id: str) -> str:
    return f"rollcall:done:{job_id}"
