"""Removing a speaker from the ledger, so that nothing already under way brings him back."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, delete, func, select, update
from sqlalchemy.orm import Session

from shared.domain import FINAL_STATES, JobKind, JobState
from shared.receipts import Erasure, ErasureReason
from shared.store import audit, change_erasure, scrubbing
from shared.store.changes import ChangeLog
from shared.store.schema import Job, Sample, Speaker, Voiceprint, now


def remove_job(session: Session, tenant_id: str, job_id: str) -> bool:
    """Delete a job that has ended, with its deliveries and kept voices; False if there is none such."""
    ended = (Job.tenant_id == tenant_id, Job.id == job_id, Job.state.in_(FINAL_STATES))
    removed = session.execute(delete(Job).where(*ended).returning(Job.id))
    return removed.first() is not None


def erase_speaker(
    session: Session,
    tenant_id: str,
    speaker_id: str,
    data_key: bytes,
    *,
    reason: ErasureReason = ErasureReason.REQUESTED,
    results: bool = False,
) -> Erasure | None:
    """Remove a speaker's rows with his key, and cancel his enrolments.

    With ``results``, his name goes from what jobs keep, too. None if there is nothing of him.
    """
    log = ChangeLog(session, tenant_id, data_key)
    # First his row and then his jobs', as an enrolment takes them; it may have made the row meanwhile.
    log.one_at_a_time()
    _lock(session, tenant_id, speaker_id)
    canceled = _cancel_enrolments(session, tenant_id, speaker_id)
    counts = _remove(session, tenant_id, speaker_id)
    _forget_in_warnings(session, tenant_id, speaker_id)
    consents = _drop_consents(session, tenant_id, speaker_id)
    # After his row is gone: whoever was about to write his name has done so, or finds him gone.
    changes = change_erasure.forget_speaker(log, speaker_id)
    scrubbed = scrubbing.scrub(session, tenant_id, speaker_id, counts.job_ids, log) if results else 0
    if not (counts.found or canceled or consents or scrubbed or changes):
        return None
    numbers = {"samples": counts.samples, "voiceprints": counts.voiceprints, "jobs_scrubbed": scrubbed}
    details = {"reason": str(reason), "results": results, **numbers}
    subject = audit.subject_of_speaker(data_key, speaker_id)
    record = audit.record(session, tenant_id, subject, audit.SPEAKER_ERASED, details)
    return Erasure(
        speaker_id, record.at, **numbers, blob_keys=tuple(canceled.values()), jobs_canceled=len(canceled)
    )


@dataclass(frozen=True)
class _Removed:
    found: bool = False
    samples: int = 0
    voiceprints: int = 0
    job_ids: tuple[str, ...] = ()
    """The jobs that his samples were made of."""


def _cancel_enrolments(session: Session, tenant_id: str, speaker_id: str) -> dict[str, str]:
    """Recordings by the jobs that were canceled; an empty name for one that has none here."""
    canceled = session.execute(
        update(Job)
        .where(
            *_enrolments(tenant_id, speaker_id),
            Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
        )
        .values(state=JobState.CANCELED, claim_token=None, finished_at=now())
        .returning(Job.id, Job.blob_key)
    )
    return {job_id: blob_key or "" for job_id, blob_key in canceled}


def _lock(session: Session, tenant_id: str, speaker_id: str) -> str | None:
    """The key of his row, which nobody else changes until the transaction ends; None if there is none."""
    of_him = select(Speaker.id).where(Speaker.tenant_id == tenant_id, Speaker.speaker_id == speaker_id)
    return session.scalar(of_him.with_for_update())


def _remove(session: Session, tenant_id: str, speaker_id: str) -> _Removed:
    key = _lock(session, tenant_id, speaker_id)
    if key is None:
        return _Removed()
    samples = session.execute(select(Sample.id, Sample.job_id).where(Sample.speaker_key == key)).all()
    of_him = select(Sample.id).where(Sample.speaker_key == key)
    voiceprints = session.scalar(
        select(func.count()).select_from(Voiceprint).where(Voiceprint.sample_id.in_(of_him))
    )
    session.execute(delete(Speaker).where(Speaker.id == key))
    return _Removed(True, len(samples), voiceprints or 0, tuple(job_id for _, job_id in samples))


def _forget_in_warnings(session: Session, tenant_id: str, speaker_id: str) -> None:
    """Drop the warnings that others' samples sound like him."""
    # No name is in the empty list, which nearly all have.
    warned = select(Sample).where(Sample.tenant_id == tenant_id, cast(Sample.warnings, String) != "[]")
    for sample in session.scalars(warned):
        kept = [warning for warning in sample.warnings or [] if warning["speaker_id"] != speaker_id]
        if kept != sample.warnings:
            sample.warnings = kept


def _drop_consents(session: Session, tenant_id: str, speaker_id: str) -> int:
    """Drop the receipts that his enrolments brought, which may name who gave them; how many there were."""
    brought = select(Job).where(
        *_enrolments(tenant_id, speaker_id), cast(Job.parameters, String).contains('"consent"')
    )
    jobs = session.scalars(brought).all()
    for job in jobs:
        job.parameters = {name: value for name, value in job.parameters.items() if name != "consent"}
    return len(jobs)


def _enrolments(tenant_id: str, speaker_id: str) -> tuple[Any, ...]:
    return (
        Job.tenant_id == tenant_id,
        Job.kind == JobKind.ENROLL,
        Job.parameters["speaker_id"].as_string() == speaker_id,
    )
