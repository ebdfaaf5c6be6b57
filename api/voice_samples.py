"""Samples of a speaker that are made of a finished job's segments, by the embeddings that were kept."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shared.domain import Line, Segment
from shared.errors import InsufficientSpeech, VoicesNotKept
from shared.services import Services
from shared.store import job_voices
from shared.store.heard_voices import exemplars_over
from shared.store.schema import Job, Sample
from shared.store.speakers import Speakers
from shared.store.tenants import data_key

Segments = dict[int, Segment]


def add_from_job(
    services: Services,
    session: Session,
    job: Job,
    speaker_id: str,
    *,
    numbers: Sequence[int],
    consent: dict[str, Any] | None,
    sample_id: str | None = None,
) -> Sample:
    """Add a sample made of a job's segments. Raises VoicesNotKept, InsufficientSpeech and ConsentRequired."""
    segments = segments_of(job, numbers)
    secret = data_key(session, job.tenant_id, services.keyring)
    vectors = job_voices.load(session, job, model_id=job.model_id, data_key=secret)
    if vectors is None:
        raise VoicesNotKept(
            "job_id names a job whose voices are not kept any more; enrol from audio.", field="job_id"
        )
    speech_seconds = seconds_of(segments)
    _require_speech(services, speech_seconds)
    speakers = Speakers(session, job.tenant_id, services.settings.enroll_complete_seconds)
    made_id = speakers.add_sample(
        speaker_id,
        exemplars_over(Line((job.result or {})["line"]), _mean(vectors, segments)),
        job_id=job.id,
        audio_seconds=speech_seconds,
        speech_seconds=speech_seconds,
        model_id=str(job.model_id),
        data_key=secret,
        provenance=provenance_of(job.id, numbers),
        consent=consent,
        sample_id=sample_id,
    )
    return session.get_one(Sample, made_id)


def provenance_of(job_id: str, numbers: Sequence[int]) -> dict[str, Any]:
    """Where a sample comes from that is made of a job's segments."""
    return {"by": "reference", "job_id": job_id, "segments": sorted(set(numbers))}


def segments_of(job: Job, numbers: Sequence[int]) -> Segments:
    """Segments of a job that has them, by their numbers."""
    kept = (job.result or {})["segments"]
    return {number: Segment.from_json(kept[number]) for number in numbers}


def seconds_of(segments: Segments) -> float:
    """How long they are in all."""
    return sum(segment.end_seconds - segment.start_seconds for segment in segments.values())


def _require_speech(services: Services, speech_seconds: float) -> None:
    wanted_seconds = services.settings.enroll_reject_seconds
    if speech_seconds < wanted_seconds:
        raise InsufficientSpeech(
            f"segments hold {speech_seconds:.1f} s of speech; choose at least {wanted_seconds:g} s.",
            field="segments",
        )


def _mean(vectors: NDArray[np.float32], segments: Segments) -> NDArray[np.float32]:
    """Mean point (num_dimensions,) of the chosen segments, each by its duration."""
    numbers = [number for number in segments if not np.isnan(vectors[number]).any()]
    if not numbers:
        raise InsufficientSpeech(
            "segments are all too short to tell a voice by; choose longer ones.", field="segments"
        )
    seconds = [segments[number].end_seconds - segments[number].start_seconds for number in numbers]
    return np.average(vectors[numbers], axis=0, weights=seconds).astype(np.float32)
