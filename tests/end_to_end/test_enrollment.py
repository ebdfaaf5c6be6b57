"""Enrol, read, list, delete."""

import base64
from typing import Any

import pytest

from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.deepaffects import ENROLL

LIST = "/v1/sync/diarization/get_enrolled_speakers"
DELETE = "/v1/sync/diarization/delete"


@pytest.fixture
def enroll_body(voices: dict[str, bytes]) -> dict[str, Any]:
    """A good body of an enrolment."""
    content = base64.b64encode(voices[NAMES[0]]).decode()
    return {"encoding": "WAV", "sampleRate": 16000, "languageCode": "en-US", "content": content}


def test_an_enrolment_answers_with_its_measure(call: Caller, enroll_body: dict[str, Any]) -> None:
    answer = call.post(ENROLL, enroll_body | {"speakerId": "measured"}).json()
    assert set(answer) == {
        "message",
        "speaker_id",
        "enroll_quality",
        "enrollment_complete",
        "total_speech_duration",
        "total_enroll_duration",
    }


def test_enrolling_again_adds_to_the_speaker(call: Caller, enroll_body: dict[str, Any]) -> None:
    body = enroll_body | {"speakerId": "twice"}
    first = call.post(ENROLL, body).json()["total_enroll_duration"]
    second = call.post(ENROLL, body).json()["total_enroll_duration"]
    assert second == pytest.approx(2 * first, abs=0.02)


def test_a_speaker_can_be_read(call: Caller, enroll_body: dict[str, Any]) -> None:
    written = call.post(ENROLL, enroll_body | {"speakerId": "read_me"}).json()
    assert call.get(ENROLL, speakerId="read_me").json() | {"message": "Success"} == written


def test_the_list_names_the_tenant(call: Caller, enrolled: list[str]) -> None:
    assert call.get(LIST).json()["developer_id"]


def test_the_list_holds_the_enrolled(call: Caller, enrolled: list[str]) -> None:
    listed = call.get(LIST).json()["enrolled_speaker_ids"]
    assert set(enrolled) <= {speaker["speaker_id"] for speaker in listed}


def test_a_deleted_speaker_cannot_be_read(call: Caller, enroll_body: dict[str, Any]) -> None:
    call.post(ENROLL, enroll_body | {"speakerId": "gone"})
    call.post(DELETE, {"speakerId": "gone"})
    assert call.get(ENROLL, speakerId="gone").status_code == 404


def test_deleting_answers_success(call: Caller, enroll_body: dict[str, Any]) -> None:
    call.post(ENROLL, enroll_body | {"speakerId": "erased"})
    assert call.post(DELETE, {"speakerId": "erased"}).json() == {"message": "Success"}
