"""Dialect 2's resources."""

import math
from datetime import datetime
from typing import Any

from shared.domain import JobKind, Segment
from shared.store.schema import Job

# How fast the provisional confidence grows around the threshold; calibration will take its place.
CONFIDENCE_SCALE = 0.05


def job_resource(job: Job, progress: dict[str, Any] | None = None) -> dict[str, Any]:
    """A job without its result."""
    return {
        "id": job.id,
        "kind": job.kind,
        "status": job.state,
        "created_at": timestamp(job.created_at),
        "started_at": timestamp(job.started_at),
        "finished_at": timestamp(job.finished_at),
        "attempts": job.attempts,
        "progress": progress,
        "audio_seconds": job.audio_seconds,
        "model": job.model_id,
        "webhook": job.webhook_url,
        "metadata": job.caller_metadata or {},
        "error": job.error,
    }


def job_result(job: Job) -> dict[str, Any]:
    """What a succeeded job found: segments, or the sample that was added."""
    result = job.result or {}
    body: dict[str, Any] = {"job_id": job.id, "audio_seconds": job.audio_seconds, "model": job.model_id}
    if job.kind == JobKind.ENROLL:
        return body | {"speaker_id": result["speaker_id"], "sample_id": result["sample_id"]}
    threshold = float(result.get("threshold", 0.0))
    return body | {
        "segments": [
            segment_resource(number, Segment.from_json(kept), threshold)
            for number, kept in enumerate(result["segments"])
        ]
    }


def segment_resource(number: int, segment: Segment, threshold: float) -> dict[str, Any]:
    """A segment that explains itself; ``id`` is its number in the result."""
    return {
        "id": number,
        "start": segment.start_seconds,
        "end": segment.end_seconds,
        "speaker": segment.speaker_id,
        "label": segment.label,
        "confidence": _confidence(segment, threshold),
        "cosine_score": segment.cosine_score,
    }


def _confidence(segment: Segment, threshold: float) -> float | None:
    if segment.cosine_score is None:
        return None
    named = 1 / (1 + math.exp((threshold - segment.cosine_score) / CONFIDENCE_SCALE))
    return round(named if segment.speaker_id else 1 - named, 3)


def job_event(job: Job) -> dict[str, Any]:
    """A finished job, as its webhook and its last event tell it."""
    data = job_resource(job)
    if job.result is not None:
        data["result"] = job_result(job)
    return {"type": f"job.{job.state}", "timestamp": timestamp(job.finished_at), "data": data}


def timestamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
