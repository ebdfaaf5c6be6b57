"""Whose job is next: start-time fair queueing between tenants.

Each job gets a number, its turn, when it is submitted, and of a queue's waiting jobs the lowest is claimed. A
tenant's jobs follow each other at a distance of what a job of his usually costs, in seconds of audio;
whoever has nothing waiting starts level with what is being worked on, so before all that others have waiting.
Tenants who always have work waiting get equal shares of the workers, however much it is.

After Goyal, Vin and Cheng, "Start-time Fair Queueing", SIGCOMM 1996; what is to be remembered are the jobs'
own rows here, and every look at them is a look into an index.
"""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from shared.domain import FINAL_STATES, JobState
from shared.store.schema import Job, Usage, now
from shared.store.usage import month_of

# What a job is taken to cost of a tenant who has had none this month.
USUAL_AUDIO_SECONDS = 60.0
# No job costs less: an empty recording keeps a worker for a moment, too.
LEAST_AUDIO_SECONDS = 1.0

# Seed of the hashes, so that a lock for another purpose is another lock.
_LOCK_OF_TURNS = 10

_others = aliased(Job)


def _found(extreme: Any, **wanted: Any) -> ScalarSelect[float]:
    """The lowest or highest turn of such jobs; an index has it at one of its ends."""
    return select(extreme(_others.turn)).filter_by(**wanted).scalar_subquery()


_tenant: BindParameter[str] = bindparam("tenant")
_queue: BindParameter[str] = bindparam("queue")
_usual_cost = select(Usage.audio_seconds / Usage.jobs).where(
    Usage.tenant_id == _tenant, Usage.month == bindparam("month"), Usage.jobs > 0
)
# Made once: making it takes longer than answering it.
_STANDING = select(
    _usual_cost.scalar_subquery(),
    _found(func.max, tenant_id=_tenant, queue=_queue),
    _found(func.min, state=JobState.QUEUED, queue=_queue),
    _found(func.max, state=JobState.RUNNING, queue=_queue),
    # State by state, because the index begins with the state.
    *(_found(func.max, state=state, queue=_queue) for state in FINAL_STATES),
)


def next_turns(session: Session, tenant_id: str, queue: str, number: int) -> list[float]:
    """The turns of a tenant's new jobs; nobody else gives him one before the transaction ends."""
    _lock(session, tenant_id)
    named = {"tenant": tenant_id, "queue": queue, "month": month_of(now())}
    cost, own, first, running, *ended = session.execute(_STANDING, named).one()
    cost = max(LEAST_AUDIO_SECONDS, USUAL_AUDIO_SECONDS if cost is None else cost)
    if first is None:
        # What somebody had done while nobody waited is not held against him.
        beginning = max((turn for turn in (running, *ended) if turn is not None), default=0.0)
    elif running is None:
        beginning = first
    else:
        # A job that runs for hours says nothing of whose turn it is now.
        beginning = max(running, first - cost)
    turn = float(beginning if own is None else max(beginning, own + cost))
    return [turn + place * cost for place in range(number)]


def first_turn(queue: str) -> ColumnElement[float]:
    """The turn of a job that was claimed already and waits again: it has waited its turn."""
    return func.coalesce(_found(func.min, state=JobState.QUEUED, queue=queue), Job.turn)


def _lock(session: Session, tenant_id: str) -> None:
    """Or on PostgreSQL simultaneous jobs of a tenant would get the same turn, and go before others' as one.

    No lock of the tenant's row: whoever corrects names holds that for as long as thousands of jobs take, and
    one transaction submits jobs of several tenants. SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(tenant_id, _LOCK_OF_TURNS))))
