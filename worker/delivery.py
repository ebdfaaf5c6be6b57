"""Posting a result to the customer's webhook, and deciding when to try again."""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests

from shared.egress import GuardedSession
from shared.errors import RollcallError
from shared.logging import log
from shared.services import Services
from shared.store import deliveries
from shared.store.schema import Delivery, now

# Seconds after the attempt before: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. With the first
# attempt that makes ten, over about three days.
RETRY_DELAYS_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER_SHARE = 0.1
CONNECT_SECONDS, ANSWER_SECONDS = 5, 10
# All of an attempt together, however slowly the receiver answers.
ATTEMPT_SECONDS = 15
# Longer than an attempt can take, so that nobody else starts the same attempt.
LEASE_SECONDS = 60
GONE = 410


@dataclass(frozen=True)
class Outcome:
    """What an attempt met."""

    status_code: int | None
    error: str | None

    @property
    def delivered(self) -> bool:
        """A redirect is no success: the body may not have arrived anywhere."""
        return self.status_code is not None and 200 <= self.status_code < 300  # noqa: PLR2004

    @property
    def final(self) -> bool:
        """No further attempt: delivered, or the receiver said that it is gone for good."""
        return self.delivered or self.status_code == GONE


def deliver(services: Services, delivery_id: str) -> None:
    """Make one attempt at a due delivery; nothing happens if it is not due or in other hands."""
    with services.store.writing() as session:
        delivery = deliveries.lease(session, delivery_id, LEASE_SECONDS)
    if delivery is None:
        return
    started = time.perf_counter()
    outcome = _post(services, delivery)
    duration_seconds = time.perf_counter() - started
    next_attempt_at = None if outcome.final else next_attempt(delivery.attempts)
    with services.store.writing() as session:
        deliveries.record_attempt(
            session,
            delivery,
            duration_seconds=duration_seconds,
            status_code=outcome.status_code,
            error=outcome.error,
            next_attempt_at=next_attempt_at,
            delivered=outcome.delivered,
        )
    log.info(
        "delivery_attempted",
        delivery_id=delivery.id,
        job_id=delivery.job_id,
        attempt=delivery.attempts,
        status=outcome.status_code,
        error=outcome.error,
        duration_ms=round(duration_seconds * 1000),
    )


def next_attempt(attempts_made: int) -> datetime | None:
    """When to try again after so many attempts; None once the schedule is used up."""
    if attempts_made > len(RETRY_DELAYS_SECONDS):
        return None
    delay = RETRY_DELAYS_SECONDS[attempts_made - 1]
    # Jitter, so that a receiver that comes back is not met by everything at once.
    return now() + timedelta(seconds=delay * random.uniform(1, 1 + JITTER_SHARE))  # noqa: S311


def _post(services: Services, delivery: Delivery) -> Outcome:
    try:
        with GuardedSession(services.egress, "webhook", ATTEMPT_SECONDS) as session:
            response = session.post(
                delivery.url,
                data=delivery.body,
                headers=_headers(delivery),
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            response.close()
    except requests.RequestException as error:
        return Outcome(None, type(error).__name__)
    except RollcallError as error:
        return Outcome(None, error.code)
    return Outcome(response.status_code, None)


def _headers(delivery: Delivery) -> dict[str, str]:
    # The signature headers of Standard Webhooks belong here, beside the id that stays the same.
    return {"Content-Type": "application/json", "User-Agent": "Rollcall", "webhook-id": delivery.id}
