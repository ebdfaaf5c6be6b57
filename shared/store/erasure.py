"""Erasing a speaker, so that nothing already under way brings him back."""

from sqlalchemy import String, cast, select, update
from sqlalchemy.orm import Session

from shared.domain import JobKind, JobState
from shared.store.schema import Job, Sample, now
from shared.store.speakers import Speakers


def erase_speaker(session: Session, tenant_id: str, speaker_id: str) -> bool:
    """Remove a speaker's rows and cancel his enrolments that wait or run; False if there was neither."""
    canceled = session.execute(
        update(Job)
        .where(
            Job.tenant_id == tenant_id,
            Job.kind == JobKind.ENROLL,
            Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
            Job.parameters["speaker_id"].as_string() == speaker_id,
        )
        .values(state=JobState.CANCELED, claim_token=None, finished_at=now())
        .returning(Job.id)
    ).all()
    removed = Speakers(session, tenant_id, 0).remove(speaker_id)
    _forget_in_warnings(session, tenant_id, speaker_id)
    return removed or bool(canceled)


def _forget_in_warnings(session: Session, tenant_id: str, speaker_id: str) -> None:
    """Drop the warnings that others' samples sound like him."""
    # No name is in the empty list, which nearly all have.
    warned = select(Sample).where(Sample.tenant_id == tenant_id, cast(Sample.warnings, String) != "[]")
    for sample in session.scalars(warned):
        kept = [warning for warning in sample.warnings or [] if warning["speaker_id"] != speaker_id]
        if kept != sample.warnings:
            sample.warnings = kept
