"""Taking an erased speaker's name out of what jobs keep: requests, results, and bodies of webhooks.

A body that is yet to be delivered is made anew as well, so that its receiver learns no name that is erased;
one that is under way at that moment arrives as it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared.domain import JobKind
from shared.store import heard_voices
from shared.store.called_otherwise import mentioning
from shared.store.change_erasure import renew_body
from shared.store.changes import ChangeLog
from shared.store.row_seals import Column
from shared.store.schema import Delivery, DeliveryAttempt, Job, JobVoices, Speaker
from shared.store.unnamed import unnamed
from shared.wire import webhook_body

AT_ONCE = 200


def scrub(session: Session, tenant_id: str, speaker_id: str, sources: Iterable[str], log: ChangeLog) -> int:
    """Remove a speaker's name from his tenant's jobs; how many there were.

    His own enrolments are deleted. Voices are dropped that were kept of jobs that named him, and of
    ``sources``, the jobs he was enrolled from.
    """
    named, enrolments = [], []
    for job in session.scalars(mentioning(tenant_id, speaker_id).execution_options(yield_per=AT_ONCE)):
        if job.kind == JobKind.ENROLL and job.parameters.get("speaker_id") == speaker_id:
            enrolments.append(job.id)
        elif _names(job, speaker_id):
            named.append(job.id)
    for some in _batches(enrolments):
        session.execute(delete(Job).where(Job.id.in_(some)))
    for some in _batches(named):
        _scrub_jobs(log, some, speaker_id)
    for some in _batches([*named, *sources]):
        session.execute(delete(JobVoices).where(JobVoices.tenant_id == tenant_id, JobVoices.job_id.in_(some)))
        heard_voices.drop(session, tenant_id, some)
    return len(named) + len(enrolments)


def without(kept: dict[str, Any], speaker_id: str) -> dict[str, Any]:
    """A result, as the ledger keeps it, in which a speaker is a stranger and nobody's warning."""
    scrubbed = dict(kept)
    if "segments" in kept:
        scrubbed["segments"] = [unnamed(segment, speaker_id) for segment in kept["segments"]]
    if "warnings" in kept:
        scrubbed["warnings"] = [one for one in kept["warnings"] if one["speaker_id"] != speaker_id]
    return scrubbed


def without_erased(session: Session, tenant_id: str, result: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """A new result of segments without the names of those who are erased; whether there were any."""
    gone = erased_of(session, tenant_id, _names_in(result))
    for speaker_id in gone:
        result = without(result, speaker_id)
    return result, bool(gone)


def erased_of(session: Session, tenant_id: str, speaker_ids: Iterable[str | None]) -> set[str]:
    """Which of these are not enrolled any more. The others stay until the transaction ends."""
    named = {one for one in speaker_ids if one is not None}
    if not named:
        return set()
    still = (
        select(Speaker.speaker_id)
        .where(Speaker.tenant_id == tenant_id, Speaker.speaker_id.in_(named))
        .with_for_update(read=True, key_share=True)
    )
    return named - set(session.scalars(still))


def _names_in(result: dict[str, Any]) -> Iterator[str]:
    for segment in result["segments"]:
        if segment["speaker_id"] is not None:
            yield segment["speaker_id"]
        yield from (candidate["speaker_id"] for candidate in segment.get("candidates", ()))


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _names(job: Job, speaker_id: str) -> bool:
    asked_for = speaker_id in job.parameters.get("speaker_ids", ())
    return asked_for or (job.result is not None and without(job.result, speaker_id) != job.result)


def _scrub_jobs(log: ChangeLog, job_ids: Iterable[str], speaker_id: str) -> None:
    session = log.session
    for job in session.scalars(select(Job).where(Job.id.in_(job_ids))):
        if "speaker_ids" in job.parameters:
            kept = [one for one in job.parameters["speaker_ids"] if one != speaker_id]
            job.parameters = job.parameters | {"speaker_ids": kept}
        if job.result is not None:
            job.result = without(job.result, speaker_id)
        session.flush()
        _renew_bodies(log, job)
        session.expunge(job)


def _renew_bodies(log: ChangeLog, job: Job) -> None:
    session = log.session
    for delivery in session.scalars(select(Delivery).where(Delivery.job_id == job.id)).all():
        if delivery.change_id is not None:
            renew_body(log, delivery)
            continue
        body = webhook_body(job, log.seal.webhook_of(job))
        delivery.sealed_body = log.seal.sealed(Column.DELIVERY_BODY, delivery.id, body)
        # What a receiver answers may repeat what it was sent.
        attempts = update(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery.id)
        session.execute(attempts.values(sealed_answer=None))
    session.flush()
