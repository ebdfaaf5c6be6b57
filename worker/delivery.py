"""The story of a delivery: take it → sign → post → record, and on to the next for the same host."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from shared.logging import log
from shared.services import Services
from shared.store import dispatch, jobs, webhook_secrets
from shared.store.endpoints import Most
from shared.store.row_seals import RowSeal, row_seal
from shared.store.schema import Delivery, now
from worker.counting import count_attempt
from worker.following import following_delivery, note_outcome
from worker.patience import patiently
from worker.webhooks.posting import Outcome, post
from worker.webhooks.schedule import next_attempt
from worker.webhooks.signing import signed_headers

Clock = Callable[[], datetime]

# Longer than an attempt can take, so that nobody else starts the same attempt.
LEASE_SECONDS = 60
RECORD_PATIENCE_SECONDS = 30
# For so long a worker stays with one host before it looks after others.
TURN_SECONDS = 10.0


def deliver(services: Services, delivery_id: str, clock: Clock = now) -> None:
    """Make one attempt at a due delivery; nothing happens if it is not due or in other hands.

    Then work on others that wait for the same host: their messages came when it had enough of them.
    """
    turn_ends_at = time.monotonic() + TURN_SECONDS
    following: str | None = delivery_id
    while following is not None:
        attempted = _attempt(services, following, clock)
        if attempted is None:
            return
        with services.store.reading() as session:
            following = dispatch.next_at_host(session, attempted.host_key, clock())
        if following is not None and time.monotonic() > turn_ends_at:
            services.queue.send_delivery(following)
            return


def _attempt(services: Services, delivery_id: str, clock: Clock) -> Delivery | None:
    """The delivery that was attempted; None if it was not to be."""
    moment = clock()
    with services.store.writing() as session:
        delivery = dispatch.lease(
            session,
            delivery_id,
            moment,
            seconds=LEASE_SECONDS,
            most=Most(services.settings.webhooks_per_host, services.settings.webhooks_per_tenant),
        )
        if delivery is None:
            return None
        secrets = webhook_secrets.in_use(session, delivery.tenant_id, services.keyring, moment)
        seal = row_seal(session, delivery.tenant_id, services.keyring)
        origin = jobs.origin_of(session, delivery.job_id)
    with following_delivery(services.tracer, delivery, origin):
        _make(services, delivery, seal, [one.secret for one in secrets], moment)
    return delivery


def _make(
    services: Services, delivery: Delivery, seal: RowSeal, secrets: Sequence[str], moment: datetime
) -> None:
    url, body = seal.url_of(delivery), seal.body_of(delivery)
    headers = signed_headers(secrets, delivery.id, moment, body)
    if traceparent := services.tracer.traceparent():
        headers["traceparent"] = traceparent
    started = time.perf_counter()
    outcome = post(services.egress, url, body, headers, moment)
    attempt = _as_attempt(delivery, outcome, moment, time.perf_counter() - started)
    # Without a record the delivery would arrive twice.
    patiently(lambda: _record(services, delivery, attempt, seal), seconds=RECORD_PATIENCE_SECONDS)
    count_attempt(services.metrics, attempt)
    note_outcome(services.tracer, outcome)
    _log(delivery, attempt)


def _record(services: Services, delivery: Delivery, attempt: dispatch.Attempt, seal: RowSeal) -> None:
    with services.store.writing() as session:
        dispatch.record(session, delivery, attempt, seal)


def _as_attempt(
    delivery: Delivery, outcome: Outcome, moment: datetime, duration_seconds: float
) -> dispatch.Attempt:
    ended_at = moment + timedelta(seconds=duration_seconds)
    return dispatch.Attempt(
        attempted_at=moment,
        duration_seconds=duration_seconds,
        status_code=outcome.status_code,
        error=outcome.error,
        answer=outcome.answer,
        delivered=outcome.delivered,
        answers=outcome.receiver_answers,
        next_attempt_at=None
        if outcome.final
        else next_attempt(delivery.attempts, ended_at, outcome.pause_seconds),
        pause_seconds=outcome.pause_seconds,
    )


def _log(delivery: Delivery, attempt: dispatch.Attempt) -> None:
    log.info(
        "delivery_attempted",
        attempt=delivery.attempts,
        status=attempt.status_code,
        error=attempt.error,
        duration_ms=round(attempt.duration_seconds * 1000),
    )
