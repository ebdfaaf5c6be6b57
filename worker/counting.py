"""What workers count of jobs and deliveries."""

from shared.domain import DeliveryState, JobState
from shared.metrics import Metrics, definitions
from shared.store.dispatch import Attempt
from shared.store.schema import Job, now

FIRST_SERVER_ERROR = 500


def count_start(metrics: Metrics, job: Job) -> None:
    """A job has been claimed. Only before its first start it waited for its turn."""
    if job.attempts == 1 and job.started_at:
        waited = job.started_at - job.created_at
        metrics.observe(definitions.JOB_WAIT_SECONDS, max(0.0, waited.total_seconds()), queue=job.queue)


def count_success(metrics: Metrics, job: Job, audio_seconds: float) -> None:
    """A job's result has been stored."""
    metrics.count(definitions.JOBS_FINISHED, kind=job.kind, state=JobState.SUCCEEDED)
    metrics.count(definitions.AUDIO_SECONDS, audio_seconds, kind=job.kind)
    if job.started_at is None:
        return
    work_seconds = max(0.0, (now() - job.started_at).total_seconds())
    metrics.observe(definitions.JOB_SECONDS, work_seconds, kind=job.kind)
    if audio_seconds:
        metrics.observe(definitions.REAL_TIME_FACTOR, work_seconds / audio_seconds, kind=job.kind)


def count_failure(metrics: Metrics, job: Job, code: str) -> None:
    """A job's error has been stored."""
    metrics.count(definitions.JOBS_FINISHED, kind=job.kind, state=JobState.FAILED)
    metrics.count(definitions.JOB_FAILURES, code=code)


def count_recovered(metrics: Metrics, job: Job) -> None:
    """A job was taken from a worker that fell silent."""
    metrics.count(definitions.JOBS_RECOVERED, state=job.state)
    if job.state == JobState.FAILED and job.error:
        count_failure(metrics, job, job.error["code"])


def count_attempt(metrics: Metrics, attempt: Attempt) -> None:
    """An attempt at a delivery is on record."""
    metrics.observe(definitions.DELIVERY_ATTEMPT_SECONDS, attempt.duration_seconds)
    metrics.count(definitions.DELIVERY_ATTEMPTS, outcome=_outcome(attempt))
    if attempt.next_attempt_at is None:
        state = DeliveryState.DELIVERED if attempt.delivered else DeliveryState.EXHAUSTED
        metrics.count(definitions.DELIVERIES_FINISHED, state=state)


def _outcome(attempt: Attempt) -> str:
    if attempt.delivered:
        return "delivered"
    if attempt.status_code is None:
        return "unreachable"
    return "failed" if attempt.status_code >= FIRST_SERVER_ERROR else "refused"
