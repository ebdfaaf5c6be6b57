"""Dialect 1's bodies: the retired DeepAffects service's JSON, made from what the ledger holds."""

from typing import Any

from shared.domain import JobKind, JobState, SpeakerSummary

UNKNOWN_SPEAKER = "UserNotIdentified"


def response_body(kind: str, result: dict[str, Any]) -> dict[str, Any]:
    """What a finished job answers: segments, or the state of an enrolment."""
    if kind == JobKind.ENROLL:
        shown = {name: value for name, value in result.items() if name not in {"sample_id", "warnings"}}
        return {"message": "Success"} | shown
    segments = result["segments"]
    if kind == JobKind.DIARIZE:
        # There, a voice without a name is told from the others by its number.
        return {
            "num_speakers": len({segment["label"] for segment in segments}),
            "segments": [_segment(segment, segment["label"]) for segment in segments],
        }
    return {"segments": [_segment(segment, UNKNOWN_SPEAKER) for segment in segments]}


def _segment(segment: dict[str, Any], nameless: str) -> dict[str, Any]:
    return {
        "speaker_id": segment["speaker_id"] or nameless,
        "start": segment["start_seconds"],
        "end": segment["end_seconds"],
    }


def speaker_body(summary: SpeakerSummary) -> dict[str, Any]:
    """An enrolled speaker."""
    return {
        "speaker_id": summary.speaker_id,
        "enroll_quality": summary.quality.value,
        "enrollment_complete": summary.enrollment_complete,
        "total_speech_duration": round(summary.speech_seconds, 2),
        "total_enroll_duration": round(summary.audio_seconds, 2),
    }


def fault_body(code: str, message: str) -> dict[str, Any]:
    """An error, in both spellings that the retired service's clients know."""
    dotted = "oauth.v2.InvalidApiKey" if code == "invalid_api_key" else f"rollcall.{code}"
    return {
        "faultstring": message,
        "fault_string": message,
        "detail": {"errorcode": dotted, "error_code": dotted},
    }


def status_body(
    request_id: str, kind: str, state: str, result: dict[str, Any] | None, error: dict[str, Any] | None
) -> dict[str, Any]:
    """Where a job stands, in the words of the retired service, with the webhook's body once there is one."""
    words = {JobState.SUCCEEDED: "Completed", JobState.FAILED: "Failed", JobState.CANCELED: "Failed"}
    body: dict[str, Any] = {"status": words.get(JobState(state), "Running")}
    if result is not None or error is not None:
        body["response"] = outcome_body(request_id, kind, result, error)
    return body


def outcome_body(
    request_id: str, kind: str, result: dict[str, Any] | None, error: dict[str, Any] | None
) -> dict[str, Any]:
    """A job's response, or the reason there is none, under the caller's id."""
    body: dict[str, Any] = {"request_id": request_id}
    if error is not None:
        body["error"] = fault_body(error["code"], error["message"])
    else:
        body["response"] = response_body(kind, result or {})
    return body
