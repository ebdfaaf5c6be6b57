"""The end of a job: its outcome in the ledger, then word to those who wait for it."""

from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from shared.errors import RollcallError
from shared.logging import log
from shared.services import Services
from shared.store import ledger
from shared.store.ledger import Claim, Outcome
from shared.store.schema import Delivery, Job


def store_result(
    services: Services, claim: Claim, find_outcome: Callable[[Session], Outcome]
) -> Delivery | None:
    """Write an outcome and the webhook's delivery in one transaction, with what ``find_outcome`` writes.

    Raises ClaimLost; then nothing was written.
    """
    with services.store.writing() as session:
        return ledger.succeed(session, claim, find_outcome(session))


def store_failure(services: Services, claim: Claim, error: RollcallError) -> None:
    """Write an error and the webhook's delivery in one transaction, and notify."""
    try:
        with services.store.writing() as session:
            delivery = ledger.fail(session, claim, error)
    except ledger.ClaimLost:
        log.warning("job_claim_lost")
        return
    notify(services, claim.job, delivery, ledger.error_record(error))


def notify(
    services: Services, job: Job, delivery: Delivery | None, error: dict[str, Any] | None = None
) -> None:
    """Drop the audio, wake waiting requests, and start the webhook. All of it can be repeated or missed:
    the ledger has the outcome, and the sweep finds due deliveries."""
    if job.blob_key:
        services.blobs.delete(job.blob_key)
    try:
        services.notices.announce(job.id, error)
    except RedisError as failure:
        log.warning("notice_not_sent", error=type(failure).__name__)
    if delivery is not None:
        services.queue.send_delivery(delivery.id)
