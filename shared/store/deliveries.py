"""Webhook deliveries: which are due, who works on one, and what became of it."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from shared.domain import DeliveryState
from shared.store.listing import newest_first
from shared.store.schema import Delivery, DeliveryAttempt, now


def due(session: Session, limit: int = 500) -> list[str]:
    """Ids of deliveries whose next attempt should start now, longest waiting first."""
    moment = now()
    return list(
        session.scalars(
            select(Delivery.id).where(*_is_due(moment)).order_by(Delivery.next_attempt_at).limit(limit)
        )
    )


def lease(session: Session, delivery_id: str, seconds: float) -> Delivery | None:
    """Take a due delivery for one attempt; None if it is not due or in other hands."""
    moment = now()
    taken = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, *_is_due(moment))
        .values(leased_until=moment + timedelta(seconds=seconds), attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
    )
    if taken.first() is None:
        return None
    return session.get_one(Delivery, delivery_id, populate_existing=True)


def record_attempt(
    session: Session,
    delivery: Delivery,
    *,
    duration_seconds: float,
    status_code: int | None,
    error: str | None,
    next_attempt_at: datetime | None,
    delivered: bool,
) -> None:
    """Write what an attempt met, and when the next one is; None and not delivered: there is none."""
    session.add(
        DeliveryAttempt(
            delivery_id=delivery.id,
            number=delivery.attempts,
            duration_seconds=duration_seconds,
            status_code=status_code,
            error=error,
        )
    )
    state = DeliveryState.PENDING
    if next_attempt_at is None:
        state = DeliveryState.DELIVERED if delivered else DeliveryState.EXHAUSTED
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id)
        .values(
            state=state,
            next_attempt_at=next_attempt_at,
            leased_until=None,
            finished_at=None if state == DeliveryState.PENDING else now(),
        )
    )


def get_of_tenant(session: Session, tenant_id: str, delivery_id: str) -> Delivery | None:
    """A tenant's delivery."""
    return session.scalar(select(Delivery).where(Delivery.tenant_id == tenant_id, Delivery.id == delivery_id))


def attempts_of(session: Session, delivery_id: str) -> list[DeliveryAttempt]:
    """A delivery's attempts, oldest first."""
    wanted = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    return list(session.scalars(wanted.order_by(DeliveryAttempt.attempted_at)))


def newest(
    session: Session, tenant_id: str, *, state: str | None, after: list[str] | None, limit: int
) -> list[Delivery]:
    """A tenant's deliveries, newest first, from after a position. Raises InvalidField."""
    query = select(Delivery).where(Delivery.tenant_id == tenant_id)
    if state is not None:
        query = query.where(Delivery.state == state)
    return list(session.scalars(newest_first(query, Delivery, after).limit(limit)))


def restart(
    session: Session,
    tenant_id: str,
    *,
    delivery_id: str | None = None,
    exhausted_since: datetime | None = None,
) -> list[str]:
    """Make one delivery, or all that were given up since a time, due now with a schedule from the start."""
    wanted = [Delivery.tenant_id == tenant_id]
    if delivery_id is not None:
        wanted.append(Delivery.id == delivery_id)
    if exhausted_since is not None:
        wanted += [Delivery.state == DeliveryState.EXHAUSTED, Delivery.created_at >= exhausted_since]
    restarted = session.scalars(
        update(Delivery)
        .where(*wanted)
        .values(
            state=DeliveryState.PENDING,
            attempts=0,
            next_attempt_at=now(),
            leased_until=None,
            finished_at=None,
        )
        .returning(Delivery.id)
    )
    return list(restarted)


def _is_due(moment: datetime) -> tuple:  # type: ignore[type-arg]
    return (
        Delivery.state == DeliveryState.PENDING,
        Delivery.next_attempt_at <= moment,
        or_(Delivery.leased_until.is_(None), Delivery.leased_until < moment),
    )
