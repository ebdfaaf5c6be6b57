"""Waiting for a job's end on behalf of a synchronous request."""

import time

from redis.exceptions import RedisError

from shared.domain import JobState
from shared.errors import WaitEnded
from shared.services import Services
from shared.store import jobs
from shared.store.schema import Job

# Word of a job's end can be lost with a Redis that is restarted; after so long the ledger is asked.
LEDGER_ASKED_EVERY_SECONDS = 30.0
PAUSE_WITHOUT_REDIS_SECONDS = 1.0


def wait_for_end(services: Services, job: Job, seconds: float) -> Job | None:
    """The job once it is final; None if it was removed meanwhile. Raises WaitEnded when time is up."""
    deadline = time.monotonic() + seconds
    current: Job | None = job
    while current is not None and not JobState(current.state).is_final:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise WaitEnded(
                f"The job is not finished after {seconds:.0f} s and goes on; "
                f"use the asynchronous call for such recordings. Its request_id is {job.request_id}.",
                request_id=job.request_id,
            )
        try:
            services.notices.wait(job.id, min(remaining, LEDGER_ASKED_EVERY_SECONDS))
        except RedisError:
            time.sleep(min(remaining, PAUSE_WITHOUT_REDIS_SECONDS))
        with services.store.reading() as session:
            current = jobs.get(session, job.id)
    return current
