"""Erasing a speaker, so that nothing already under way brings him back."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared.domain import JobKind, JobState
from shared.store.schema import Job, now
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
    return removed or bool(canceled)
