"""Claiming and finishing jobs: the workers' half of the ledger.

A claim carries a token made anew each time (a fencing token): whoever lost his claim, because he was
silent too long, finds no row to write to.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session

from shared import versions
from shared.crypto import DecryptionError, KeyRing
from shared.domain import JobState
from shared.errors import RollcallError, WorkerLost
from shared.logging import log
from shared.store.dispatch import new_delivery
from shared.store.row_seals import webhook_of
from shared.store.schema import Delivery, Job, new_id, now
from shared.store.turns import first_turn
from shared.store.usage import add_usage
from shared.wire import webhook_body


@dataclass(frozen=True)
class Claim:
    """The right to work on a job, as long as its token stands in the row."""

    job: Job
    token: str


@dataclass(frozen=True)
class Outcome:
    """What a job found, in how many seconds of audio, with which models."""

    result: dict[str, Any]
    audio_seconds: float
    model_id: str


class ClaimLost(Exception):
    """The job was taken from this worker or canceled; nothing was written."""


def _is_understood() -> ColumnElement[bool]:
    """Jobs that a newer version accepted are left to its workers and its sweep."""
    return Job.schema_version <= versions.SCHEMA_VERSION


_waits_longest = (
    select(Job.id)
    .where(
        Job.state == JobState.QUEUED,
        Job.queue == bindparam("of_queue"),
        Job.schema_version <= bindparam("understood"),
    )
    .order_by(Job.turn, Job.created_at)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
# Made once: making it takes longer than answering it.
_CLAIM = (
    update(Job)
    .where(Job.id == _waits_longest)
    .values(
        state=JobState.RUNNING,
        claim_token=bindparam("token"),
        attempts=Job.attempts + 1,
        started_at=bindparam("moment"),
        heartbeat_at=bindparam("moment"),
    )
    .returning(Job)
    .execution_options(synchronize_session=False, populate_existing=True)
)


def claim_next(session: Session, queue: str) -> Claim | None:
    """Take the job of a queue whose turn it is; None if none waits that others are not just taking."""
    token = new_id()
    named = {"of_queue": queue, "understood": versions.SCHEMA_VERSION, "token": token, "moment": now()}
    job = session.scalars(_CLAIM, named).first()
    return None if job is None else Claim(job, token)


def beat(session: Session, held: Claim) -> bool:
    """Say that the claim's worker is alive; False if the claim is lost."""
    kept = session.execute(update(Job).where(*_held(held)).values(heartbeat_at=now()).returning(Job.id))
    return kept.first() is not None


def is_held(session: Session, held: Claim) -> bool:
    """Whether the claim stands."""
    return session.scalar(select(Job.id).where(*_held(held))) is not None


def _held(held: Claim) -> tuple[ColumnElement[bool], ...]:
    return Job.id == held.job.id, Job.claim_token == held.token, Job.state == JobState.RUNNING


def succeed(session: Session, held: Claim, outcome: Outcome, keyring: KeyRing) -> Delivery | None:
    """Write the outcome, the webhook's delivery with it, and count the audio. Raises ClaimLost."""
    delivery = _finish(
        session,
        held,
        keyring,
        state=JobState.SUCCEEDED,
        result=outcome.result,
        audio_seconds=outcome.audio_seconds,
        model_id=outcome.model_id,
    )
    add_usage(session, held.job.tenant_id, outcome.audio_seconds)
    return delivery


def fail(session: Session, held: Claim, error: RollcallError, keyring: KeyRing) -> Delivery | None:
    """Write the error, and the webhook's delivery with it. Raises ClaimLost."""
    return _finish(session, held, keyring, state=JobState.FAILED, error=error_record(error))


def error_record(error: RollcallError) -> dict[str, Any]:
    """The form in which a job keeps its error."""
    return {"code": error.code, "message": error.message, "field": error.field}


def give_back(session: Session, held: Claim) -> bool:
    """Queue the job again as if it had not been started, its worker being stopped; False if it is lost."""
    given = session.execute(
        update(Job)
        .where(*_held(held))
        .values(
            state=JobState.QUEUED,
            turn=first_turn(held.job.queue),
            claim_token=None,
            attempts=Job.attempts - 1,
            queued_at=now(),
        )
        .returning(Job.id)
    )
    return given.first() is not None


def was_finished_by(session: Session, held: Claim) -> bool:
    """Whether a job has ended by this very claim."""
    ended = select(Job.id).where(
        Job.id == held.job.id,
        Job.claim_token == held.token,
        Job.state.in_((JobState.SUCCEEDED, JobState.FAILED)),
    )
    return session.scalar(ended) is not None


def _finish(session: Session, held: Claim, keyring: KeyRing, **values: Any) -> Delivery | None:
    ended = (
        update(Job)
        .where(*_held(held))
        # The token stays: it tells a worker that lost its connection in a commit whether that came through.
        .values(finished_at=now(), **values)
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    job = session.scalar(ended)
    if job is None:
        raise ClaimLost(held.job.id)
    return _add_delivery(session, job, keyring)


def _add_delivery(session: Session, job: Job, keyring: KeyRing) -> Delivery | None:
    url = webhook_of(session, job, keyring)
    if url is None:
        return None
    return new_delivery(session, job.tenant_id, keyring, url, webhook_body(job, url), job_id=job.id)


def recover_stale(session: Session, silent_since: datetime, max_attempts: int, keyring: KeyRing) -> list[Job]:
    """Take jobs from workers that fell silent: queued again, or failed once the attempts are used up."""
    stale = session.scalars(
        select(Job)
        .where(Job.state == JobState.RUNNING, Job.heartbeat_at < silent_since, _is_understood())
        .with_for_update(skip_locked=True)
    ).all()
    return [job for job in stale if _recovered(session, job, max_attempts, keyring)]


def _recovered(session: Session, job: Job, max_attempts: int, keyring: KeyRing) -> bool:
    """False, and the job is left as it is, if its webhook does not open: it holds up no other tenant's."""
    try:
        with session.begin_nested():
            job.claim_token = None
            if job.attempts < max_attempts:
                job.state = JobState.QUEUED
                job.turn = first_turn(job.queue)  # type: ignore[assignment]
                job.queued_at = now()
            else:
                _give_up(job)
                session.flush()
                _add_delivery(session, job, keyring)
    except DecryptionError:
        log.error("job_not_recovered", job_id=job.id)
        return False
    return True


def _give_up(job: Job) -> None:
    job.state = JobState.FAILED
    job.finished_at = now()
    job.error = error_record(
        WorkerLost(
            f"The worker died {job.attempts} times on this job; send the recording to the service's operator."
        )
    )


def take_unclaimed(
    session: Session, queue: str, queued_before: datetime, messages: int
) -> list[tuple[str, str]]:
    """Ids and kinds of waiting jobs to send a message for, if there are fewer messages than jobs.

    Only what was queued before a moment is looked at; what is sent again counts as queued now.
    """
    of_queue = (Job.state == JobState.QUEUED, Job.queue == queue, _is_understood())
    waiting = (*of_queue, Job.queued_at < queued_before)
    missing = session.scalars(select(func.count()).select_from(Job).where(*waiting)).one() - messages
    if missing <= 0:
        return []
    longest = select(Job.id).where(*waiting).order_by(Job.queued_at).limit(missing)
    sent_again = session.execute(
        update(Job)
        .where(Job.id.in_(longest.scalar_subquery()), Job.state == JobState.QUEUED)
        .values(queued_at=now())
        .returning(Job.id, Job.kind)
    )
    return [(job_id, kind) for job_id, kind in sent_again]
