"""The end of a job: its outcome in the ledger, then word to those who wait for it."""

from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.errors import RollcallError, StorageUnavailable
from shared.logging import log
from shared.services import Services
from shared.store import ledger
from shared.store.ledger import Claim, ClaimLost, Outcome
from shared.store.schema import Delivery, Job
from worker.counting import count_failure, count_success
from worker.patience import patiently


def store_result(
    services: Services, claim: Claim, find_outcome: Callable[[Session], Outcome]
) -> Delivery | None:
    """Write an outcome and the webhook's delivery in one transaction, with what ``find_outcome`` writes.

    Raises ClaimLost; then nothing was written.
    """
    audio_seconds = 0.0

    def succeed(session: Session) -> Delivery | None:
        nonlocal audio_seconds
        outcome = find_outcome(session)
        audio_seconds = outcome.audio_seconds
        return ledger.succeed(session, claim, outcome, services.keyring)

    delivery = _write(services, claim, succeed)
    count_success(services.metrics, claim.job, audio_seconds)
    return delivery


def store_failure(services: Services, claim: Claim, error: RollcallError) -> None:
    """Write an error and the webhook's delivery in one transaction, and notify."""
    try:
        delivery = _write(
            services, claim, lambda session: ledger.fail(session, claim, error, services.keyring)
        )
    except ClaimLost:
        log.warning("job_claim_lost")
        return
    count_failure(services.metrics, claim.job, error.code)
    services.tracer.fail(error.code)
    notify(services, claim.job, delivery, ledger.error_record(error))


def _write(services: Services, claim: Claim, end: Callable[[Session], Delivery | None]) -> Delivery | None:
    """Commit a job's end, waiting for the database if need be. Raises ClaimLost.

    A connection may break in the commit itself. If that had come through, the claim is used up when it is
    tried again, and the sweep sends the delivery.
    """

    tried = False

    def write() -> Delivery | None:
        nonlocal tried
        again, tried = tried, True
        with services.store.writing() as session:
            if again and ledger.was_finished_by(session, claim):
                return None
            return end(session)

    try:
        return patiently(write)
    except IntegrityError:
        # Rows of somebody else's work on the job are in the way, who took it while this worker was silent.
        with services.store.reading() as session:
            if ledger.is_held(session, claim):
                raise
        raise ClaimLost(claim.job.id) from None


def notify(
    services: Services, job: Job, delivery: Delivery | None, error: dict[str, Any] | None = None
) -> None:
    """Start the webhook, wake waiting requests, and drop the audio. All of it can be repeated or missed:
    the ledger has the outcome, and the sweep finds due deliveries and audio that is not needed."""
    if delivery is not None:
        services.queue.send_delivery(delivery.id)
    try:
        services.notices.announce(job.id, error)
    except RedisError as failure:
        log.warning("notice_not_sent", error=type(failure).__name__)
    if job.blob_key and not services.settings.audio_retention_seconds:
        try:
            services.blobs.delete(job.blob_key)
        except StorageUnavailable:
            log.warning("audio_left_to_the_sweep", job_id=job.id)
