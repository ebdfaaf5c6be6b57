"""What Flower shows of a job, besides what Celery says of its task: ids, how it ended, how long its audio is.

Never a name of a speaker, an address or anything a caller wrote.
"""

from typing import Any

from celery import current_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from shared.logging import log
from shared.services import Services
from shared.store import jobs
from shared.store.schema import Job


def show_claimed(job: Job) -> None:
    """Add job and tenant to the task that works on it. A Redis that is away is no error."""
    if not current_task:
        return
    try:
        # The worker itself sent this event without them; a second one of its kind adds to the first.
        current_task.send_event(
            "task-started", retry=False, args=repr((job.id,)), kwargs=repr({"tenant_id": job.tenant_id})
        )
    except (OperationalError, RedisError) as error:
        log.warning("watchers_not_told", error=type(error).__name__)


def shown_end(services: Services, job_id: str) -> dict[str, Any] | None:
    """What a task returns, which Flower shows as its result; None where the ledger cannot tell."""
    try:
        with services.store.reading() as session:
            job = jobs.get(session, job_id)
    except SQLAlchemyError:
        return None
    if job is None:
        return None
    shown: dict[str, Any] = {"job_id": job.id, "tenant_id": job.tenant_id, "state": job.state}
    if job.audio_seconds is not None:
        shown["audio_seconds"] = round(job.audio_seconds, 3)
    if job.error is not None:
        shown["error"] = job.error["code"]
    return shown
