"""Enrolling a speaker from an earlier job's segments, by the embeddings that were kept of them."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy.orm import Session

from api.voice_samples import add_from_job, provenance_of
from shared.domain import JobState
from shared.errors import IdempotencyKeyReused, InvalidField
from shared.services import Services
from shared.store import jobs
from shared.store.schema import Job, Sample, Speaker, new_id


def enroll_by_reference(
    services: Services, tenant_id: str, speaker_id: str, body: dict[str, Any], key: str | None
) -> Sample:
    """Add a sample made of a job's segments; with the same idempotency key, once.

    Raises the errors of a reference that leads nowhere, IdempotencyKeyReused, and ConsentRequired.
    """
    # Named by the key, a second sample of it cannot exist.
    wanted_id = str(uuid5(NAMESPACE_OID, f"{tenant_id}/{key}")) if key else new_id()
    provenance = provenance_of(body["job_id"], body["segments"])
    with services.store.writing() as session:
        made = _made_before(session, tenant_id, speaker_id, wanted_id, provenance)
        if made:
            return made
        job = _job(session, tenant_id, body["job_id"], body["segments"])
        return add_from_job(
            services,
            session,
            job,
            speaker_id,
            numbers=body["segments"],
            consent=body["consent"],
            sample_id=wanted_id,
        )


def _made_before(
    session: Session, tenant_id: str, speaker_id: str, sample_id: str, provenance: dict[str, Any]
) -> Sample | None:
    made = session.get(Sample, sample_id)
    if made is None:
        return None
    owner = session.get_one(Speaker, made.speaker_key)
    if (owner.tenant_id, owner.speaker_id, made.provenance) != (tenant_id, speaker_id, provenance):
        raise IdempotencyKeyReused
    return made


def _job(session: Session, tenant_id: str, job_id: str, numbers: list[int]) -> Job:
    """The job that has the segments. Raises InvalidField, alike for no job and for another tenant's."""
    job = jobs.get_of_tenant(session, tenant_id, job_id)
    if job is None or job.state != JobState.SUCCEEDED or "segments" not in (job.result or {}):
        raise InvalidField("job_id names no finished identification of yours.", field="job_id")
    kept = (job.result or {})["segments"]
    missing = [number for number in numbers if number >= len(kept)]
    if missing:
        raise InvalidField(f"segments names {missing[0]}, but the job has {len(kept)}.", field="segments")
    return job
