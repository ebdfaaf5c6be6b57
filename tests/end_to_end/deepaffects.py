"""Dialect 1's answers, in the form in which they are compared."""

import base64
from typing import Any

from client import Segment

IDENTIFY = "/v2/sync/diarization/identify"
IDENTIFY_ASYNC = "/v2/async/diarization/identify"
ENROLL = "/v2/sync/diarization/enroll"
UNKNOWN_SPEAKER = "UserNotIdentified"


def segments_of(response: dict[str, Any]) -> list[Segment]:
    """The segments of an answer, or of a webhook body's ``response``."""
    return [
        Segment(None if one["speaker_id"] == UNKNOWN_SPEAKER else one["speaker_id"], one["start"], one["end"])
        for one in response["segments"]
    ]


def enrolment(speaker_id: str, audio: bytes) -> dict[str, Any]:
    """The body that enrols a sample."""
    return {"speakerId": speaker_id, "encoding": "WAV", "content": base64.b64encode(audio).decode()}
