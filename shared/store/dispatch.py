"""Sending deliveries out: which are due, who may make an attempt, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, or_, select, update
from sqlalchemy.orm import Session

from shared.crypto import KeyRing
from shared.domain import DeliveryState
from shared.store import endpoints
from shared.store.row_seals import Column, RowSeal, row_seal
from shared.store.schema import Delivery, DeliveryAttempt, new_id, now

Moment = datetime | BindParameter[datetime]


def is_due(moment: Moment) -> tuple[ColumnElement[bool], ...]:
    """Conditions that a delivery may be attempted at this moment."""
    return (
        Delivery.state == DeliveryState.PENDING,
        Delivery.next_attempt_at <= moment,
        or_(Delivery.leased_until.is_(None), Delivery.leased_until < moment),
        Delivery.endpoint_key.not_in(endpoints.suspended(moment)),
    )


# Made once: making them takes longer than answering them. Whoever is at this very row takes it; one more look
# would be in vain.
_DUE = (
    select(Delivery)
    .where(Delivery.id == bindparam("delivery"), *is_due(bindparam("moment")))
    .with_for_update(skip_locked=True)
)
_LONGEST_DUE = (
    select(Delivery.id)
    .where(Delivery.host_key == bindparam("host"), *is_due(bindparam("moment")))
    .order_by(Delivery.next_attempt_at)
    .limit(1)
)


@dataclass(frozen=True)
class Attempt:
    """What an attempt met, and what follows from it.

    ``next_attempt_at`` is None if there is none. ``pause_seconds`` is for how long the receiver asked to be
    left alone; ``answers`` whether it is well enough to be sent other deliveries.
    """

    attempted_at: datetime
    duration_seconds: float
    status_code: int | None
    error: str | None
    answer: str | None
    delivered: bool
    answers: bool
    next_attempt_at: datetime | None
    pause_seconds: float | None = None


def new_delivery(
    session: Session,
    tenant_id: str,
    keyring: KeyRing,
    url: str,
    body: bytes,
    *,
    job_id: str | None,
    change_id: str | None = None,
) -> Delivery:
    """A delivery whose first attempt is due now; its message has to be sent after the commit."""
    moment, delivery_id = now(), new_id()
    seal = row_seal(session, tenant_id, keyring)
    delivery = Delivery(
        id=delivery_id,
        tenant_id=tenant_id,
        job_id=job_id,
        change_id=change_id,
        sealed_url=seal.sealed(Column.DELIVERY_URL, delivery_id, url.encode()),
        sealed_body=seal.sealed(Column.DELIVERY_BODY, delivery_id, body),
        host_key=endpoints.host_key_of(keyring, url),
        endpoint_key=endpoints.endpoint_key_of(seal, url),
        state=DeliveryState.PENDING,
        next_attempt_at=moment,
        queued_at=moment,
        schedule_started_at=moment,
    )
    session.add(delivery)
    session.flush()
    return delivery


def take_due(
    session: Session, moment: datetime, *, lost_before: datetime | None, limit: int = 500
) -> list[str]:
    """Ids of due deliveries to send a message for, longest waiting first.

    Those that had theirs already are among them if it was sent before ``lost_before``.
    """
    without_message = [Delivery.queued_at < Delivery.next_attempt_at]
    if lost_before is not None:
        without_message.append(Delivery.queued_at < lost_before)
    wanted = select(Delivery.id).where(*is_due(moment), or_(*without_message))
    ids = list(session.scalars(wanted.order_by(Delivery.next_attempt_at).limit(limit)))
    session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(queued_at=moment))
    return ids


def lease(
    session: Session, delivery_id: str, moment: datetime, *, seconds: float, most: endpoints.Most
) -> Delivery | None:
    """Take a due delivery for one attempt.

    None if it is not due, in other hands, or its receiver or its tenant has enough of them just now.
    """
    delivery = session.scalar(_DUE, {"delivery": delivery_id, "moment": moment})
    if delivery is None:
        return None
    endpoints.lock_host(session, delivery.host_key)
    if not endpoints.has_room(session, delivery, moment, most):
        return None
    if not endpoints.admit(session, delivery.endpoint_key, moment, seconds):
        return None
    delivery.leased_until = moment + timedelta(seconds=seconds)
    delivery.attempts += 1
    delivery.attempts_ever += 1
    session.flush()
    return delivery


def next_at_host(session: Session, host_key: str, moment: datetime) -> str | None:
    """The delivery that waits longest for a host; None if none is due."""
    return session.scalar(_LONGEST_DUE, {"host": host_key, "moment": moment})


def queued_at(session: Session, delivery_id: str) -> datetime | None:
    """When a message was last sent for a delivery; None if it is unknown."""
    return session.scalar(select(Delivery.queued_at).where(Delivery.id == delivery_id))


def record(session: Session, leased: Delivery, attempt: Attempt, seal: RowSeal) -> None:
    """Write what an attempt met, once, however often it is told.

    A delivery that was started anew meanwhile goes on with its new schedule.
    """
    if _is_recorded(session, leased):
        return
    row_id = new_id()
    session.add(
        DeliveryAttempt(
            id=row_id,
            delivery_id=leased.id,
            number=leased.attempts_ever,
            attempted_at=attempt.attempted_at,
            duration_seconds=attempt.duration_seconds,
            status_code=attempt.status_code,
            error=attempt.error,
            sealed_answer=seal.sealed_text(Column.ANSWER, row_id, attempt.answer),
        )
    )
    mine = (Delivery.id == leased.id, Delivery.leased_until == leased.leased_until)
    same_schedule = Delivery.schedule_started_at == leased.schedule_started_at
    session.execute(update(Delivery).where(*mine, same_schedule).values(_state_after(attempt)))
    session.execute(update(Delivery).where(*mine).values(leased_until=None))
    moment = attempt.attempted_at + timedelta(seconds=attempt.duration_seconds)
    if attempt.answers:
        endpoints.note_answer(session, leased.endpoint_key)
    else:
        endpoints.note_failure(session, leased, moment, attempt.pause_seconds)


def _is_recorded(session: Session, leased: Delivery) -> bool:
    """A connection may break in the commit itself, after it came through."""
    recorded = select(DeliveryAttempt.id).where(
        DeliveryAttempt.delivery_id == leased.id, DeliveryAttempt.number == leased.attempts_ever
    )
    return session.scalar(recorded) is not None


def give_up(session: Session, moment: datetime, schedule_seconds: float) -> list[str]:
    """End deliveries whose receiver was in trouble for as long as a schedule lasts; their ids."""
    ended = session.scalars(
        update(Delivery)
        .where(
            Delivery.state == DeliveryState.PENDING,
            Delivery.leased_until.is_(None),
            Delivery.schedule_started_at < moment - timedelta(seconds=schedule_seconds),
            Delivery.endpoint_key.in_(endpoints.suspended(moment)),
        )
        .values(state=DeliveryState.EXHAUSTED, next_attempt_at=None, finished_at=moment)
        .returning(Delivery.id)
    )
    return list(ended)


def _state_after(attempt: Attempt) -> dict[str, Any]:
    if attempt.next_attempt_at is not None:
        return {"state": DeliveryState.PENDING, "next_attempt_at": attempt.next_attempt_at}
    state = DeliveryState.DELIVERED if attempt.delivered else DeliveryState.EXHAUSTED
    ended_at = attempt.attempted_at + timedelta(seconds=attempt.duration_seconds)
    return {"state": state, "next_attempt_at": None, "finished_at": ended_at}
