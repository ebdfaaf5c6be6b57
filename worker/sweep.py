"""What beat has done every few seconds: find what a lost message or a lost worker left behind."""

import time
from datetime import datetime, timedelta

from shared.domain import DeliveryState, JobState
from shared.logging import log
from shared.metrics.definitions import DELIVERIES_FINISHED, SWEPT_AT
from shared.queue import DELIVER, ENROLL, JOB_QUEUES
from shared.services import Services
from shared.store import dispatch, heard_voices, job_voices, jobs, ledger, reviews, waiting_changes
from shared.store.schema import now
from worker.counting import count_recovered
from worker.finishing import notify
from worker.webhooks.schedule import SCHEDULE_SECONDS

# A message is normally taken, or still in its queue, after so long.
UNCLAIMED_SECONDS = 10
# A review is ready soon after its cause; one that is not was lost, or failed.
REVIEW_LOST_SECONDS = 60
MOST_REVIEWS = 20
# So long after it was sent, a rematch that is not done was lost, or its worker was.
REMATCH_LOST_SECONDS = 300
MOST_REMATCHES = 20

SWEPT_KEY = "rollcall:swept"
ROUNDS_REMEMBERED = 3


def sweep(services: Services) -> None:
    """One round. Raises redis's and the database's errors; the next round goes on where this one stopped."""
    if _swept_lately(services):
        _recover_stale_jobs(services)
    for queue in JOB_QUEUES:
        _resend_unclaimed(services, queue)
    _send_due_deliveries(services)
    _resend_reviews(services)
    _resend_rematches(services)
    _forget_old_voices(services)
    _note_round(services)


def _swept_lately(services: Services) -> bool:
    """Whether the round before ended well.

    If not, a store was out of reach, and whoever was silent may have had no way to speak.
    """
    return services.redis.get(SWEPT_KEY) is not None


def _note_round(services: Services) -> None:
    kept_seconds = ROUNDS_REMEMBERED * services.settings.sweep_interval_seconds
    services.redis.set(SWEPT_KEY, 1, px=round(kept_seconds * 1000))
    services.metrics.set(SWEPT_AT, time.time())


def _recover_stale_jobs(services: Services) -> None:
    silent_since = now() - timedelta(seconds=services.settings.job_stale_seconds)
    with services.store.writing() as session:
        recovered = ledger.recover_stale(
            session, silent_since, services.settings.job_attempts, services.keyring
        )
    for job in recovered:
        count_recovered(services.metrics, job)
        log.warning(
            "job_recovered", job_id=job.id, tenant_id=job.tenant_id, state=job.state, attempts=job.attempts
        )
        if job.state == JobState.QUEUED:
            services.queue.send_job(job.id, job.kind, job.queue)
        else:
            notify(services, job, None)  # its delivery is due, so this very round sends it


def _resend_unclaimed(services: Services, queue: str) -> None:
    """One job's message is as good as another's: none is missing while there are as many as waiting jobs."""
    messages = services.queue.waiting_jobs(queue)
    with services.store.reading() as session:
        if jobs.count_waiting(session, queue) <= messages:
            return
    with services.store.writing() as session:
        lost = ledger.take_unclaimed(session, queue, now() - timedelta(seconds=UNCLAIMED_SECONDS), messages)
    for job_id, kind in lost:
        log.warning("job_resent", job_id=job_id)
        services.queue.send_job(job_id, kind, queue)


def _send_due_deliveries(services: Services) -> None:
    moment = now()
    lost_before = _lost_before(services)
    with services.store.writing() as session:
        given_up = dispatch.give_up(session, moment, SCHEDULE_SECONDS)
        due = dispatch.take_due(session, moment, lost_before=lost_before)
    for delivery_id in given_up:
        log.warning("delivery_given_up", delivery_id=delivery_id)
        services.metrics.count(DELIVERIES_FINISHED, state=DeliveryState.EXHAUSTED)
    for delivery_id in due:
        services.queue.send_delivery(delivery_id)


def _lost_before(services: Services) -> datetime | None:
    """Deliveries' messages sent before this moment and not taken are lost; None if that cannot be told now.

    A queue is taken from in order, so what was sent well before the next in line is not in it any more.
    """
    latest = now() - timedelta(seconds=UNCLAIMED_SECONDS)
    next_id = services.queue.next_in_line(DELIVER)
    if next_id is None:
        return latest
    with services.store.reading() as session:
        next_queued_at = dispatch.queued_at(session, next_id)
    if next_queued_at is None:
        return None
    return min(latest, next_queued_at - timedelta(seconds=UNCLAIMED_SECONDS))


def _resend_reviews(services: Services) -> None:
    # Reviews can wait, whoever is being enrolled cannot.
    if services.queue.waiting(ENROLL):
        return
    with services.store.writing() as session:
        overdue = reviews.overdue(session, REVIEW_LOST_SECONDS, MOST_REVIEWS)
    for speaker_key in overdue:
        services.queue.send_review(speaker_key)


def _resend_rematches(services: Services) -> None:
    if services.queue.waiting(ENROLL):
        return
    with services.store.writing() as session:
        lost_before = now() - timedelta(seconds=REMATCH_LOST_SECONDS)
        overdue = waiting_changes.overdue(session, lost_before, MOST_REMATCHES)
    for change_id in overdue:
        log.warning("rematch_resent", change_id=change_id)
        services.queue.send_rematch(change_id)


def _forget_old_voices(services: Services) -> None:
    limit = now() - timedelta(days=services.settings.job_voices_days)
    with services.store.writing() as session:
        job_voices.forget_older(session, limit)
        heard_voices.forget_older(session, limit)
