"""Webhook deliveries as their tenant sees them: lists, attempts, and sending again."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared.domain import DeliveryState
from shared.store.listing import newest_first
from shared.store.schema import Delivery, DeliveryAttempt, WebhookEndpoint, now


def get_of_tenant(session: Session, tenant_id: str, delivery_id: str) -> Delivery | None:
    """A tenant's delivery."""
    return session.scalar(select(Delivery).where(Delivery.tenant_id == tenant_id, Delivery.id == delivery_id))


def attempts_of(session: Session, delivery_id: str) -> list[DeliveryAttempt]:
    """A delivery's attempts, oldest first."""
    wanted = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    return list(session.scalars(wanted.order_by(DeliveryAttempt.number)))


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
    """Make one delivery, or all that were given up since a time, due now with a schedule from the start.

    Whoever asks for it says that the receiver is well again, so it is not left alone any longer. An attempt
    that is under way keeps its lease: beside it there is none, however often this is asked for.
    """
    wanted = [Delivery.tenant_id == tenant_id]
    if delivery_id is not None:
        wanted.append(Delivery.id == delivery_id)
    if exhausted_since is not None:
        wanted += [Delivery.state == DeliveryState.EXHAUSTED, Delivery.created_at >= exhausted_since]
    moment = now()
    restarted = session.execute(
        update(Delivery)
        .where(*wanted)
        .values(
            state=DeliveryState.PENDING,
            attempts=0,
            next_attempt_at=moment,
            queued_at=moment,
            schedule_started_at=moment,
            finished_at=None,
        )
        .returning(Delivery.id, Delivery.endpoint_key)
    ).all()
    keys = {endpoint_key for _, endpoint_key in restarted}
    session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.key.in_(keys)))
    return [delivery_id for delivery_id, _ in restarted]
