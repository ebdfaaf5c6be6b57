"""What beat has done every few seconds: find what a lost message or a lost worker left behind."""

from datetime import timedelta

from shared.domain import JobState
from shared.logging import log
from shared.queue import ENROLL, JOB_QUEUES
from shared.services import Services
from shared.store import deliveries, job_voices, ledger, reviews
from shared.store.schema import now
from worker.finishing import notify

# A message is normally taken or still in the queue after so long.
UNCLAIMED_SECONDS = 10
# A review is ready soon after its cause; one that is not was lost, or failed.
REVIEW_LOST_SECONDS = 60
MOST_REVIEWS = 20


def sweep(services: Services) -> None:
    """One round. Raises redis's errors; the next round goes on where this one stopped."""
    _recover_stale_jobs(services)
    for queue in JOB_QUEUES:
        _resend_unclaimed(services, queue)
    _send_due_deliveries(services)
    _resend_reviews(services)
    _forget_old_voices(services)


def _recover_stale_jobs(services: Services) -> None:
    silent_since = now() - timedelta(seconds=services.settings.job_stale_seconds)
    with services.store.writing() as session:
        recovered = ledger.recover_stale(session, silent_since, services.settings.job_attempts)
    for job in recovered:
        log.warning("job_recovered", job_id=job.id, state=job.state, attempts=job.attempts)
        if job.state == JobState.QUEUED:
            services.queue.send_job(job.id, job.kind, job.queue)
        else:
            notify(services, job, None)  # its delivery is due, so this very round sends it


def _resend_unclaimed(services: Services, queue: str) -> None:
    # While the queue still holds messages, a job without a claim most likely only waits for its turn.
    if services.queue.waiting(queue):
        return
    with services.store.reading() as session:
        lost = ledger.unclaimed(session, queue, UNCLAIMED_SECONDS)
    for job_id, kind in lost:
        log.warning("job_resent", job_id=job_id)
        services.queue.send_job(job_id, kind, queue)


def _send_due_deliveries(services: Services) -> None:
    with services.store.reading() as session:
        due = deliveries.due(session)
    for delivery_id in due:
        services.queue.send_delivery(delivery_id)


def _resend_reviews(services: Services) -> None:
    # Reviews can wait, whoever is being enrolled cannot.
    if services.queue.waiting(ENROLL):
        return
    with services.store.writing() as session:
        overdue = reviews.overdue(session, REVIEW_LOST_SECONDS, MOST_REVIEWS)
    for speaker_key in overdue:
        services.queue.send_review(speaker_key)


def _forget_old_voices(services: Services) -> None:
    limit = now() - timedelta(days=services.settings.job_voices_days)
    with services.store.writing() as session:
        job_voices.forget_older(session, limit)
