"""Dialect 2's resources. What rows have sealed is handed in beside them, opened."""

from datetime import datetime
from typing import Any

from shared.consent import Consent
from shared.domain import JobKind, Segment, SpeakerSummary
from shared.receipts import Erasure
from shared.review import SampleWarning, WarningCode
from shared.store.confusable import Confusable
from shared.store.schema import Delivery, DeliveryAttempt, Job, Sample
from shared.store.webhook_secrets import SigningSecret


def job_resource(job: Job, webhook: str | None, progress: dict[str, Any] | None = None) -> dict[str, Any]:
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
        "webhook": webhook,
        "metadata": job.caller_metadata or {},
        "error": job.error,
    }


def job_result(job: Job) -> dict[str, Any]:
    """What a succeeded job found: segments, or the sample that was added."""
    result = job.result or {}
    body: dict[str, Any] = {"job_id": job.id, "audio_seconds": job.audio_seconds, "model": job.model_id}
    if job.kind == JobKind.ENROLL:
        return body | {
            "speaker_id": result["speaker_id"],
            "sample_id": result["sample_id"],
            "warnings": _warnings(result.get("warnings")),
        }
    return body | {
        "segments": [
            segment_resource(number, Segment.from_json(kept))
            for number, kept in enumerate(result["segments"])
        ]
    }


def segment_resource(number: int, segment: Segment) -> dict[str, Any]:
    """A segment that explains itself; ``id`` is its number in the result."""
    return {
        "id": number,
        "start": segment.start_seconds,
        "end": segment.end_seconds,
        "speaker": segment.speaker_id,
        "label": segment.shown_label,
        "confidence": segment.confidence,
        "reason": segment.reason,
        "corrected": segment.corrected,
        "candidates": [
            {"speaker": candidate.speaker_id, "score": candidate.score, "exemplar": candidate.exemplar}
            for candidate in segment.candidates
        ],
    }


def speaker_resource(speaker: SpeakerSummary) -> dict[str, Any]:
    """An enrolled speaker."""
    return {
        "id": speaker.speaker_id,
        "enrollment_complete": speaker.enrollment_complete,
        "quality": speaker.quality.value,
        "speech_seconds": round(speaker.speech_seconds, 2),
        "audio_seconds": round(speaker.audio_seconds, 2),
        "consent": _consent_resource(speaker.consent),
    }


def _consent_resource(consent: Consent | None) -> dict[str, Any] | None:
    if consent is None:
        return None
    times = {"given_at": timestamp(consent.given_at), "expires_at": timestamp(consent.expires_at)}
    return {"given_by": consent.given_by, "purpose": consent.purpose} | times


def erasure_resource(erased: Erasure) -> dict[str, Any]:
    """A receipt for what was erased."""
    return {
        "id": erased.speaker_id,
        "erased_at": timestamp(erased.erased_at),
        "samples": erased.samples,
        "voiceprints": erased.voiceprints,
        "jobs_scrubbed": erased.jobs_scrubbed,
    }


def sample_resource(sample: Sample) -> dict[str, Any]:
    """One enrolment recording, in numbers."""
    return {
        "id": sample.id,
        "created_at": timestamp(sample.created_at),
        "audio_seconds": round(sample.audio_seconds, 2),
        "speech_seconds": round(sample.speech_seconds, 2),
        "quality": sample.quality or {},
        "provenance": sample.provenance or {"by": "audio", "job_id": sample.job_id},
        "warnings": _warnings(sample.warnings),
        "agreement": sample.agreement,
    }


def _warnings(kept: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [warning_resource(SampleWarning.from_json(warning)) for warning in kept or []]


def warning_resource(warning: SampleWarning) -> dict[str, Any]:
    """What is odd about a sample, and what to do."""
    message = (
        f"It sounds like {warning.speaker_id!r}, who is enrolled, too; see that this is not one person twice."
        if warning.code is WarningCode.SOUNDS_LIKE_ANOTHER
        else "It does not sound like the speaker's earlier samples; delete those that are not of him."
    )
    return {
        "code": warning.code,
        "message": message,
        "speaker": warning.speaker_id,
        "score": warning.score,
    }


def confusable_resource(pair: Confusable) -> dict[str, Any]:
    """Two speakers who are easily taken for each other."""
    return {
        "speakers": list(pair.speaker_ids),
        "score": pair.score,
        "false_accept_probability": pair.false_accept_probability,
    }


def delivery_resource(delivery: Delivery, url: str) -> dict[str, Any]:
    """A webhook's delivery without its attempts."""
    return {
        "id": delivery.id,
        "job_id": delivery.job_id,
        "url": url,
        "status": delivery.state,
        "attempts_made": delivery.attempts,
        "created_at": timestamp(delivery.created_at),
        "next_attempt_at": timestamp(delivery.next_attempt_at),
        "finished_at": timestamp(delivery.finished_at),
    }


def attempt_resource(attempt: DeliveryAttempt, answer: str | None) -> dict[str, Any]:
    """What one attempt met."""
    return {
        "attempted_at": timestamp(attempt.attempted_at),
        "duration_seconds": round(attempt.duration_seconds, 3),
        "status_code": attempt.status_code,
        "error": attempt.error,
        "answer": answer,
    }


def signing_secret_resource(secret: SigningSecret) -> dict[str, Any]:
    """A secret that signs webhooks."""
    return {
        "id": secret.id,
        "secret": secret.secret,
        "created_at": timestamp(secret.created_at),
        "expires_at": timestamp(secret.expires_at),
    }


def test_event(moment: datetime) -> dict[str, Any]:
    """What a receiver is sent on demand, to see that it is reached and verifies signatures."""
    return {"type": "webhook.test", "timestamp": timestamp(moment), "data": {}}


def job_event(job: Job, webhook: str | None) -> dict[str, Any]:
    """A finished job, as its webhook and its last event tell it."""
    data = job_resource(job, webhook)
    if job.result is not None:
        data["result"] = job_result(job)
    return {"type": f"job.{job.state}", "timestamp": timestamp(job.finished_at), "data": data}


def timestamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
