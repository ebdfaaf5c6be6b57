"""Submitting and reading jobs: the gateway's half of the ledger."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared import versions
from shared.crypto import KeyRing
from shared.domain import AudioSource, Dialect, JobKind, JobState
from shared.store.listing import newest_first
from shared.store.row_seals import Column, RowSeal, row_seal
from shared.store.schema import Delivery, Job, now
from shared.store.turns import next_turns

_TABLE = cast(Table, Job.__table__)
_UNIQUE = (_TABLE.c.tenant_id, _TABLE.c.request_id)
# Made once: to put a statement together takes longer than to have it carried out.
_INSERTS = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(index_elements=_UNIQUE).returning(_TABLE.c.id),
    "postgresql": postgresql.insert(_TABLE)
    .on_conflict_do_nothing(index_elements=_UNIQUE)
    .returning(_TABLE.c.id),
}
_OF_REQUEST = select(Job).where(Job.tenant_id == bindparam("tenant"), Job.request_id == bindparam("request"))
_WAITING_OF = select(func.count()).select_from(
    select(_TABLE.c.id)
    .where(
        _TABLE.c.tenant_id == bindparam("tenant"),
        _TABLE.c.state == JobState.QUEUED,
        _TABLE.c.queue == bindparam("of_queue"),
    )
    .limit(bindparam("most"))
    .subquery()
)


@dataclass(frozen=True)
class NewJob:
    """A validated request, before it is written to the ledger."""

    id: str
    tenant_id: str
    request_id: str
    request_digest: str
    kind: JobKind
    queue: str
    audio: AudioSource
    language: str
    parameters: dict[str, Any]
    webhook_url: str | None
    dialect: Dialect = Dialect.DEEPAFFECTS
    caller_metadata: dict[str, Any] = field(default_factory=dict)
    http_request_id: str | None = None
    trace_parent: str | None = None


@dataclass(frozen=True)
class Origin:
    """The HTTP request that asked for a job: its id in the log, and its W3C traceparent."""

    http_request_id: str | None = None
    trace_parent: str | None = None


def find_by_request(session: Session, tenant_id: str, request_id: str) -> Job | None:
    """The tenant's job of this request id."""
    return session.scalar(_OF_REQUEST, {"tenant": tenant_id, "request": request_id})


def submit(session: Session, new: NewJob, keyring: KeyRing) -> Job | None:
    """Write a job; None if its request id is taken, also by a submission at this very moment."""
    return submit_all(session, [new], keyring)[0]


def submit_all(session: Session, new: Sequence[NewJob], keyring: KeyRing) -> list[Job | None]:
    """Write jobs, their addresses sealed; None for each whose request id is taken, also by one before it.

    The jobs are not the session's: of rows that are only written, it would keep track for nothing.
    """
    sealing = {
        tenant_id: row_seal(session, tenant_id, keyring)
        for tenant_id in {one.tenant_id for one in new if one.audio.url or one.webhook_url}
    }
    turns = _turns(session, new)
    rows = [
        _row_of(one, sealing.get(one.tenant_id)) | {"turn": next(turns[one.tenant_id, one.queue])}
        for one in new
    ]
    written = set(session.scalars(_INSERTS[session.get_bind().dialect.name], rows))
    return [Job(**row) if row["id"] in written else None for row in rows]


def _turns(session: Session, new: Sequence[NewJob]) -> dict[tuple[str, str], Iterator[float]]:
    """Turns by tenant and queue, in an order of which others' locks cannot be the reverse."""
    numbers = Counter((one.tenant_id, one.queue) for one in new)
    return {key: iter(next_turns(session, *key, number)) for key, number in sorted(numbers.items())}


def _row_of(new: NewJob, seal: RowSeal | None) -> dict[str, Any]:
    moment = now()
    row = {
        "id": new.id,
        "tenant_id": new.tenant_id,
        "request_id": new.request_id,
        "request_digest": new.request_digest,
        "kind": new.kind,
        "queue": new.queue,
        "state": JobState.QUEUED,
        "blob_key": new.audio.blob_key,
        "encoding": new.audio.encoding,
        "sample_rate_hertz": new.audio.sample_rate_hertz,
        "language": new.language,
        "parameters": new.parameters,
        "dialect": new.dialect,
        "caller_metadata": new.caller_metadata,
        "http_request_id": new.http_request_id,
        "trace_parent": new.trace_parent,
        "created_at": moment,
        "queued_at": moment,
        "attempts": 0,
        "schema_version": versions.SCHEMA_VERSION,
    }
    return row | {"sealed_audio_url": None, "sealed_webhook_url": None} | _sealed_addresses(new, seal)


def _sealed_addresses(new: NewJob, seal: RowSeal | None) -> dict[str, Any]:
    if seal is None:
        return {}
    return {
        "sealed_audio_url": seal.sealed_text(Column.AUDIO_URL, new.id, new.audio.url),
        "sealed_webhook_url": seal.sealed_text(Column.JOB_WEBHOOK, new.id, new.webhook_url),
    }


def get(session: Session, job_id: str) -> Job | None:
    """A job by its own id."""
    return session.get(Job, job_id)


def origin_of(session: Session, job_id: str | None) -> Origin:
    """Where a job came from; of none, nothing is known."""
    found = session.execute(select(Job.http_request_id, Job.trace_parent).where(Job.id == job_id)).first()
    return Origin(*found) if found else Origin()


def get_of_tenant(session: Session, tenant_id: str, job_id: str) -> Job | None:
    """A tenant's job by its own id."""
    return session.scalar(select(Job).where(Job.tenant_id == tenant_id, Job.id == job_id))


def newest(
    session: Session, tenant_id: str, *, state: str | None, after: list[str] | None, limit: int
) -> list[Job]:
    """A tenant's jobs, newest first, from after a position. Raises InvalidField for one of elsewhere."""
    query = select(Job).where(Job.tenant_id == tenant_id)
    if state is not None:
        query = query.where(Job.state == state)
    return list(session.scalars(newest_first(query, Job, after).limit(limit)))


def cancel(session: Session, tenant_id: str, job_id: str) -> bool:
    """Take a job that waits or runs away from its workers; False if it has ended."""
    canceled = session.execute(
        update(Job)
        .where(
            Job.tenant_id == tenant_id,
            Job.id == job_id,
            Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
        )
        .values(state=JobState.CANCELED, claim_token=None, finished_at=now())
        .returning(Job.id)
    )
    return canceled.first() is not None


def count_unfinished(session: Session, queue: str) -> dict[str, int]:
    """How many jobs of a queue wait or are worked on, by tenant."""
    unfinished = (JobState.QUEUED, JobState.RUNNING)
    query = select(Job.tenant_id, func.count()).where(Job.state.in_(unfinished), Job.queue == queue)
    return dict(session.execute(query.group_by(Job.tenant_id)).tuples().all())


def count_waiting(session: Session, queue: str) -> int:
    """How many jobs of a queue wait."""
    waiting = select(func.count()).select_from(Job).where(Job.state == JobState.QUEUED, Job.queue == queue)
    return session.scalars(waiting).one()


def count_waiting_of(session: Session, tenant_id: str, queue: str, most: int) -> int:
    """How many jobs of a tenant wait in a queue, counted as far as ``most``."""
    return session.scalars(_WAITING_OF, {"tenant": tenant_id, "of_queue": queue, "most": most}).one()


def waiting_since(session: Session) -> dict[str, datetime]:
    """For each queue in which a job waits: since when the one does that waits longest."""
    query = (
        select(Job.queue, func.min(Job.created_at).label("since"))
        .where(Job.state == JobState.QUEUED)
        .group_by(Job.queue)
    )
    return {row.queue: row.since for row in session.execute(query)}


def needing_audio(session: Session, job_ids: Sequence[str], ended_before: datetime) -> set[str]:
    """Which of these jobs are not finished, or were only after a moment."""
    query = select(Job.id).where(
        Job.id.in_(job_ids), or_(Job.finished_at.is_(None), Job.finished_at >= ended_before)
    )
    return set(session.scalars(query))


def forget(session: Session, job_id: str) -> None:
    """Remove a job that was answered with a refusal; one with a webhook stays, its delivery needs it."""
    session.execute(
        delete(Job).where(Job.id == job_id, ~select(Delivery.id).where(Delivery.job_id == job_id).exists())
    )
