"""Diarize, and where a job stands."""

import base64
from typing import Any

import pytest
import requests

from deploy.demo.conversation import Conversation
from deploy.demo.webhook import Receiver
from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.provoking import provokes

STATUS = "/transaction/generic/api/v1/async/status"


@pytest.fixture
def diarize_body(conversation: Conversation) -> dict[str, Any]:
    """A good body of a diarization."""
    return {"encoding": "WAV", "content": base64.b64encode(conversation.audio.read_bytes()).decode()}


def status(stack: BackgroundStack, request_id: str) -> requests.Response:
    headers = {"X-API-Key": stack.api_key}
    return requests.get(stack.url + STATUS, params={"request_id": request_id}, headers=headers, timeout=30)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_voices_are_counted_and_numbered(call: Caller, diarize_body: dict[str, Any], version: str) -> None:
    answer = call.post(f"/{version}/sync/diarize", diarize_body).json()
    voices = {segment["speaker_id"] for segment in answer["segments"]}
    assert (answer["num_speakers"], voices) == (2, {"speaker1", "speaker2"})


def test_the_number_of_speakers_can_be_wished(call: Caller, diarize_body: dict[str, Any]) -> None:
    assert call.post("/v2/sync/diarize", diarize_body | {"speakers": 1}).json()["num_speakers"] == 1


def test_minus_one_speakers_means_unknown(call: Caller, diarize_body: dict[str, Any]) -> None:
    assert call.post("/v2/sync/diarize", diarize_body | {"speakerCount": -1}).json()["num_speakers"] == 2


def test_named_speakers_keep_their_names(
    call: Caller, diarize_body: dict[str, Any], enrolled: list[str]
) -> None:
    answer = call.post("/v2/sync/diarize", diarize_body | {"speakerIds": enrolled}).json()
    assert {segment["speaker_id"] for segment in answer["segments"]} == set(NAMES)


def test_a_finished_jobs_status_has_the_webhooks_body(
    call: Caller, stack: BackgroundStack, diarize_body: dict[str, Any], receiver: Receiver
) -> None:
    accepted = call.post("/v2/async/diarize", diarize_body, webhook=receiver.url).json()
    delivered = receiver.wait(60)
    expected = {"status": "Completed", "response": delivered}
    assert status(stack, accepted["request_id"]).json() == expected


def test_a_failed_jobs_status_says_so(
    call: Caller, stack: BackgroundStack, diarize_body: dict[str, Any], receiver: Receiver
) -> None:
    noise = base64.b64encode(bytes(range(256)) * 9).decode()
    accepted = call.post("/v2/async/diarize", {"content": noise}, webhook=receiver.url).json()
    receiver.wait(60)
    assert status(stack, accepted["request_id"]).json()["status"] == "Failed"


@provokes("job_not_found", dialect=1)
def test_the_status_of_an_unknown_job_is_a_404(stack: BackgroundStack) -> None:
    response = status(stack, "nobody-knows")
    code = response.json()["fault"]["detail"]["errorcode"]
    assert (response.status_code, code) == (404, "rollcall.job_not_found")


def test_an_impossible_number_of_speakers_is_refused(call: Caller, diarize_body: dict[str, Any]) -> None:
    response = call.post("/v2/sync/diarize", diarize_body | {"speakers": 1000})
    assert (response.status_code, "speakers" in response.text) == (400, True)
