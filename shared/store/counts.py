"""How much waits in the ledger and since when, for all tenants together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.domain import DeliveryState, JobState
from shared.store.dispatch import is_due
from shared.store.schema import Delivery, Job


@dataclass(frozen=True)
class JobCount:
    """How many jobs of a queue are in a state, and when the first of them was accepted."""

    queue: str
    state: str
    number: int
    since: datetime


def unfinished_jobs(session: Session) -> Sequence[JobCount]:
    """Jobs that wait or are worked on. What a message's loss or a worker's death did to one does not matter:
    it has been waiting since it was accepted."""
    unfinished = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    columns = (Job.queue, Job.state, func.count(), func.min(Job.created_at))
    rows = session.execute(select(*columns).where(unfinished).group_by(Job.queue, Job.state))
    return [JobCount(*row) for row in rows]


def due_deliveries(session: Session, moment: datetime) -> tuple[int, datetime | None]:
    """How many deliveries could be sent at this moment, and since when the first of them could be."""
    wanted = select(func.count(), func.min(Delivery.next_attempt_at)).where(*is_due(moment))
    number, since = session.execute(wanted).one()
    return number, since


def undelivered(session: Session) -> dict[str, int]:
    """Deliveries that did not arrive, by their state."""
    states = (DeliveryState.PENDING, DeliveryState.EXHAUSTED)
    wanted = select(Delivery.state, func.count()).where(Delivery.state.in_(states)).group_by(Delivery.state)
    return dict.fromkeys(states, 0) | {str(state): number for state, number in session.execute(wanted)}
