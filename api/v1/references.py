"""Enrolling a speaker from an earlier job's segments, by the embeddings that were kept of them."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shared.domain import JobState, Line, Segment
from shared.errors import IdempotencyKeyReused, InsufficientSpeech, InvalidField, VoicesNotKept
from shared.services import Services
from shared.store import job_voices, jobs
from shared.store.schema import Job, Sample, Speaker, new_id
from shared.store.speakers import Speakers
from shared.store.tenants import data_key


def enroll_by_reference(
    services: Services, tenant_id: str, speaker_id: str, body: dict[str, Any], key: str | None
) -> Sample:
    """Add a sample made of a job's segments; with the same idempotency key, once.

    Raises the errors of a reference that leads nowhere, IdempotencyKeyReused, and ConsentRequired.
    """
    # Named by the key, a second sample of it cannot exist.
    wanted_id = str(uuid5(NAMESPACE_OID, f"{tenant_id}/{key}")) if key else new_id()
    provenance = {"by": "reference", "job_id": body["job_id"], "segments": sorted(set(body["segments"]))}
    with services.store.writing() as session:
        made = _made_before(session, tenant_id, speaker_id, wanted_id, provenance)
        if made:
            return made
        job = jobs.get_of_tenant(session, tenant_id, body["job_id"])
        segments = _chosen(job, body["segments"])
        secret = data_key(session, tenant_id, services.keyring)
        vectors = job_voices.load(session, job, model_id=job.model_id, data_key=secret) if job else None
        if job is None or vectors is None:
            raise VoicesNotKept(
                "job_id names a job whose voices are not kept any more; enrol from audio.", field="job_id"
            )
        speech_seconds = sum(segment.end_seconds - segment.start_seconds for segment in segments.values())
        _require_speech(services, speech_seconds)
        speakers = Speakers(session, tenant_id, services.settings.enroll_complete_seconds)
        sample_id = speakers.add_sample(
            speaker_id,
            _exemplars(_mean(vectors, segments), Line((job.result or {})["line"])),
            job_id=job.id,
            audio_seconds=speech_seconds,
            speech_seconds=speech_seconds,
            model_id=str(job.model_id),
            data_key=secret,
            provenance=provenance,
            consent=body["consent"],
            sample_id=wanted_id,
        )
        return next(sample for sample in speakers.samples(speaker_id) if sample.id == sample_id)


def _made_before(
    session: Session, tenant_id: str, speaker_id: str, sample_id: str, provenance: dict[str, Any]
) -> Sample | None:
    made = session.get(Sample, sample_id)
    if made is None:
        return None
    owner = session.get_one(Speaker, made.speaker_key)
    if (owner.tenant_id, owner.speaker_id, made.provenance) != (tenant_id, speaker_id, provenance):
        raise IdempotencyKeyReused(
            "Idempotency-Key was used before with another request; choose a new one.", field="Idempotency-Key"
        )
    return made


def _chosen(job: Job | None, numbers: list[int]) -> dict[int, Segment]:
    """The wanted segments by number. Raises InvalidField, alike for no job and for another tenant's."""
    if job is None or job.state != JobState.SUCCEEDED or "segments" not in (job.result or {}):
        raise InvalidField("job_id names no finished identification of yours.", field="job_id")
    kept = (job.result or {})["segments"]
    missing = [number for number in numbers if number >= len(kept)]
    if missing:
        raise InvalidField(f"segments names {missing[0]}, but the job has {len(kept)}.", field="segments")
    return {number: Segment.from_json(kept[number]) for number in numbers}


def _require_speech(services: Services, speech_seconds: float) -> None:
    wanted_seconds = services.settings.enroll_reject_seconds
    if speech_seconds < wanted_seconds:
        raise InsufficientSpeech(
            f"segments hold {speech_seconds:.1f} s of speech; choose at least {wanted_seconds:g} s.",
            field="segments",
        )


def _mean(vectors: NDArray[np.float32], segments: dict[int, Segment]) -> NDArray[np.float32]:
    """Mean point (num_dimensions,) of the chosen segments, each by its duration."""
    numbers = [number for number in segments if not np.isnan(vectors[number]).any()]
    if not numbers:
        raise InsufficientSpeech(
            "segments are all too short to tell a voice by; choose longer ones.", field="segments"
        )
    seconds = [segments[number].end_seconds - segments[number].start_seconds for number in numbers]
    return np.average(vectors[numbers], axis=0, weights=seconds).astype(np.float32)


def _exemplars(point: NDArray[np.float32], line: Line) -> NDArray[np.float32]:
    """Exemplars (num_lines, num_dimensions) of a voice that was heard over one line only."""
    exemplars = np.full((len(Line), point.size), np.nan, np.float32)
    exemplars[list(Line).index(line)] = point
    return exemplars
