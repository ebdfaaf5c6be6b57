"""Calls of Dialect 1, typed."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

PREFIX = "/audio/generic/api"
UNKNOWN_SPEAKER = "UserNotIdentified"


class Refused(Exception):
    """The service answered with an error: its sentence, its stable code and the HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Segment:
    """Somebody speaks from start to end; a stranger's ``speaker_id`` is UNKNOWN_SPEAKER."""

    speaker_id: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class Speaker:
    """How far a speaker's enrolment is."""

    speaker_id: str
    quality: str
    complete: bool
    speech_seconds: float
    audio_seconds: float


class RollcallClient:
    """One service, one key. Every call raises Refused, or requests' errors when nobody answers."""

    def __init__(self, url: str, api_key: str, *, timeout_seconds: float = 330) -> None:
        self._url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._http = requests.Session()
        self._http.headers["X-API-Key"] = api_key

    def enroll(self, speaker_id: str, audio: Path | bytes) -> Speaker:
        """Add a sample of a speaker's voice."""
        body = _audio_fields(audio) | {"speakerId": speaker_id}
        return _speaker(self._post("/v2/sync/diarization/enroll", body).json())

    def speakers(self) -> list[Speaker]:
        """Everybody who has a sample."""
        path = "/v1/sync/diarization/get_enrolled_speakers"
        answer = self._call("GET", path, params={"getAllSpeakers": "True"}).json()
        return [_speaker(fields) for fields in answer["enrolled_speaker_ids"]]

    def delete(self, speaker_id: str) -> None:
        """Erase a speaker."""
        self._post("/v1/sync/diarization/delete", {"speakerId": speaker_id})

    def identify(self, audio: Path | bytes, speaker_ids: list[str]) -> list[Segment]:
        """Who of ``speaker_ids`` speaks when; waits for the answer."""
        body = _audio_fields(audio) | {"speakerIds": speaker_ids}
        return segments_of(self._post("/v2/sync/diarization/identify", body).json())

    def identify_async(self, audio: Path | bytes, speaker_ids: list[str], webhook: str) -> str:
        """The same, answered to ``webhook``; returns the request id that the answer will carry."""
        body = _audio_fields(audio) | {"speakerIds": speaker_ids}
        answer = self._post("/v2/async/diarization/identify", body, webhook=webhook).json()
        return str(answer["request_id"])

    def _post(self, path: str, body: dict[str, Any], **query: str) -> requests.Response:
        return self._call("POST", path, json=body, params=query)

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._http.request(
            method, f"{self._url}{PREFIX}{path}", timeout=self._timeout_seconds, **options
        )
        if not response.ok:
            raise _refusal(response)
        return response


def segments_of(response: dict[str, Any]) -> list[Segment]:
    """The segments of an answer, or of a webhook body's ``response``."""
    return [Segment(one["speaker_id"], one["start"], one["end"]) for one in response["segments"]]


def _audio_fields(audio: Path | bytes) -> dict[str, str]:
    content = audio if isinstance(audio, bytes) else audio.read_bytes()
    encoding = "WAV" if isinstance(audio, bytes) else audio.suffix.removeprefix(".").upper()
    return {"encoding": encoding, "content": base64.b64encode(content).decode()}


def _speaker(fields: dict[str, Any]) -> Speaker:
    return Speaker(
        fields["speaker_id"],
        fields["enroll_quality"],
        fields["enrollment_complete"],
        fields["total_speech_duration"],
        fields["total_enroll_duration"],
    )


def _refusal(response: requests.Response) -> Refused:
    try:
        fault = response.json()["fault"]
        return Refused(response.status_code, fault["detail"]["errorcode"], fault["faultstring"])
    except (ValueError, KeyError, TypeError):
        return Refused(response.status_code, "unknown", f"the service answered {response.status_code}")
