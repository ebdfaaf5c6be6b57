"""How long a new job of a queue would wait, from what the last ones took."""

from redis import Redis

# Before anything was measured: a short recording on a laptop.
FIRST_GUESS_SECONDS = 10.0
# Weight of the newest job in the moving average.
NEWEST_SHARE = 0.2


def record_service_seconds(redis: Redis, queue: str, seconds: float) -> None:
    """Count how long a job was worked on. Raises redis's errors."""
    average = (1 - NEWEST_SHARE) * service_seconds(redis, queue) + NEWEST_SHARE * seconds
    redis.set(_key(queue), average)


def service_seconds(redis: Redis, queue: str) -> float:
    """Moving average of the seconds that a worker spends on a job of the queue. Raises redis's errors."""
    kept = redis.get(_key(queue))
    return float(str(kept)) if kept is not None else FIRST_GUESS_SECONDS


def expected_wait_seconds(jobs_ahead: int, seconds_each: float, workers: int) -> float:
    """Until a job's own answer: those ahead of it and itself, shared among the workers."""
    return (jobs_ahead + 1) * seconds_each / max(1, workers)


def _key(queue: str) -> str:
    return f"rollcall:service-seconds:{queue}"
