"""How fast a queue is worked off, by what the last jobs took and the workers that are there."""

from dataclasses import dataclass
from typing import Any

from redis import Redis

from shared.presence import WorkerSeen, workers_present
from shared.queue import JOB_QUEUES

# Before anything was measured: a short recording on a laptop.
FIRST_GUESS_SECONDS = 10.0
# Weight of the newest job in the moving average.
NEWEST_SHARE = 0.2


@dataclass(frozen=True)
class Drain:
    """How many jobs of a queue are done in a second."""

    jobs_per_second: float

    def seconds_for(self, jobs: float) -> float:
        """Until so many jobs are done."""
        return jobs / self.jobs_per_second


def record_service_seconds(redis: Redis, queue: str, seconds: float) -> None:
    """Count how long a job kept its worker. Raises redis's errors."""
    kept = redis.get(_key(queue))
    average = seconds if kept is None else (1 - NEWEST_SHARE) * float(str(kept)) + NEWEST_SHARE * seconds
    redis.set(_key(queue), average)


def drain_of(redis: Redis, queue: str) -> Drain:
    """How fast the queue is worked off now; as by one worker if none is there. Raises redis's errors.

    A worker takes from its queues in turn, so between two jobs of this one it does one of every other in
    which something waits.
    """
    with redis.pipeline(transaction=False) as pipe:
        for name in JOB_QUEUES:
            pipe.get(_key(name))
            pipe.llen(name)
        answers: list[Any] = pipe.execute()
    seconds = {
        name: FIRST_GUESS_SECONDS if kept is None else float(kept)
        for name, kept, waiting in zip(JOB_QUEUES, answers[::2], answers[1::2], strict=True)
        if waiting or name == queue
    }
    serving = [one for one in workers_present(redis) if one.serves(queue)] or [WorkerSeen("", 0)]
    turns = (sum(each for name, each in seconds.items() if one.serves(name)) for one in serving)
    return Drain(sum(1 / turn for turn in turns))


def _key(queue: str) -> str:
    return f"rollcall:service-seconds:{queue}"
