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


class WatchedTask:
    """The task that works on a job, for those who watch it; made by the thread that the task runs in.

    Whoever waits for the job is not to wait for this: it is told while the job goes on, or after its end.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._told = not current_task
        if current_task:
            # What belongs to this thread: others have no current task.
            self._events, self._request = current_task.app.events, current_task.request

    def tell(self) -> None:
        """Add job and tenant to the task, once. A Redis that is away is no error."""
        if self._told:
            return
        self._told = True
        ids = {"args": repr((self._job.id,)), "kwargs": repr({"tenant_id": self._job.tenant_id})}
        try:
            # The worker itself sent this event without them; a second one of its kind adds to the first.
            with self._events.default_dispatcher(hostname=self._request.hostname) as dispatcher:
                dispatcher.send("task-started", uuid=self._request.id, retry=False, **ids)
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
