"""Changes that wait for a worker, which compares voices for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from shared.corrections import ChangeState
from shared.store.schema import Change, Job, now


def take(session: Session, change_id: str) -> Change | None:
    """A change that waits for a worker, counted as taken once more; None if it waits no longer."""
    taken = session.execute(
        update(Change)
        .where(Change.id == change_id, Change.state == ChangeState.PENDING)
        .values(attempts=Change.attempts + 1)
        .returning(Change.id)
    )
    row = taken.first()
    return session.get_one(Change, row.id, populate_existing=True) if row else None


def in_scope(query: Select[Any], scope: dict[str, Any] | None) -> Select[Any]:
    """Of the jobs of a query those whose voices a change compares; None and nothing in it: all."""
    scope = scope or {}
    if scope.get("since"):
        query = query.where(Job.created_at >= datetime.fromisoformat(scope["since"]))
    if scope.get("job_ids") is not None:
        query = query.where(Job.id.in_(scope["job_ids"]))
    return query


def beat(session: Session, change_id: str) -> None:
    """Say that a worker is at a change: it is not lost."""
    waiting = update(Change).where(Change.id == change_id, Change.state == ChangeState.PENDING)
    session.execute(waiting.values(queued_at=now()))


def overdue(session: Session, queued_before: datetime, limit: int) -> list[str]:
    """Ids of the changes that wait for longest, to send a message for; they go to the end of the line."""
    waiting = (
        select(Change.id)
        .where(Change.state == ChangeState.PENDING, Change.queued_at < queued_before)
        .order_by(Change.queued_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(waiting))
    session.execute(update(Change).where(Change.id.in_(ids)).values(queued_at=now()))
    return ids
