"""A real conversation goes in, names come out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.conversation import Conversation
from deploy.demo.scoring import share_named_right
from deploy.demo.webhook import Receiver
from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.deepaffects import IDENTIFY, IDENTIFY_ASYNC, UNKNOWN_SPEAKER, segments_of
from tests.end_to_end.provoking import provokes
from tests.end_to_end.serving import blobs
from tests.end_to_end.v1 import V1, gate_before, once


def test_most_speech_gets_its_speakers_name(
    call: Caller, identify_body: dict[str, Any], conversation: Conversation, enrolled: list[str]
) -> None:
    answer = segments_of(call.post(IDENTIFY, identify_body).json())
    assert share_named_right(conversation.reference, answer, enrolled) > 0.85


def test_a_speaker_who_was_not_asked_for_is_not_identified(
    call: Caller, identify_body: dict[str, Any]
) -> None:
    answer = call.post(IDENTIFY, identify_body | {"speakerIds": [NAMES[0]]}).json()
    assert {segment["speaker_id"] for segment in answer["segments"]} == {NAMES[0], UNKNOWN_SPEAKER}


def test_segments_are_sorted_by_start(call: Caller, identify_body: dict[str, Any]) -> None:
    starts = [segment["start"] for segment in call.post(IDENTIFY, identify_body).json()["segments"]]
    assert starts == sorted(starts)


def test_a_synchronous_answer_has_only_segments(call: Caller, identify_body: dict[str, Any]) -> None:
    assert list(call.post(IDENTIFY, identify_body).json()) == ["segments"]


def test_a_webhook_brings_the_same_answer(
    call: Caller, identify_body: dict[str, Any], receiver: Receiver
) -> None:
    call.post(IDENTIFY_ASYNC, identify_body, webhook=receiver.url)
    body = receiver.wait(60)
    assert body
    assert body["response"] == call.post(IDENTIFY, identify_body).json()


def test_an_accepted_job_answers_its_request_id_and_path(
    call: Caller, identify_body: dict[str, Any], receiver: Receiver
) -> None:
    response = call.post(IDENTIFY_ASYNC, identify_body, webhook=receiver.url, request_id="mine-1")
    expected = {"request_id": "mine-1", "api": "/audio/generic/api/v2/async/diarization/identify"}
    assert (response.status_code, response.json()) == (202, expected)


def test_the_webhook_carries_the_callers_request_id(
    call: Caller, identify_body: dict[str, Any], receiver: Receiver
) -> None:
    call.post(IDENTIFY_ASYNC, identify_body, webhook=receiver.url, request_id="mine-2")
    body = receiver.wait(60)
    assert body
    assert body["request_id"] == "mine-2"


def test_the_same_request_sent_again_is_the_same_job(
    call: Caller, identify_body: dict[str, Any], receiver: Receiver
) -> None:
    for _ in range(2):
        call.post(IDENTIFY_ASYNC, identify_body, webhook=receiver.url, request_id="mine-3")
    assert (receiver.wait(60) is not None, receiver.wait(3)) == (True, None)


def test_audio_is_fetched_from_a_url(
    call: Caller,
    identify_body: dict[str, Any],
    conversation: Conversation,
    serve_file: Callable[[Path], str],
) -> None:
    by_content = call.post(IDENTIFY, identify_body).json()
    by_url = {key: value for key, value in identify_body.items() if key != "content"}
    assert call.post(IDENTIFY, by_url | {"url": serve_file(conversation.audio)}).json() == by_content


def test_a_job_that_fails_tells_its_webhook_why(
    call: Caller, identify_body: dict[str, Any], receiver: Receiver
) -> None:
    noise = {"content": "AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8AAQIDBAUGBwgJCgsMDQ4P"}
    call.post(IDENTIFY_ASYNC, identify_body | noise, webhook=receiver.url)
    body = receiver.wait(60)
    assert body
    assert body["error"]["detail"]["errorcode"] == "rollcall.audio_unreadable"


@provokes("job_canceled", dialect=1)
def test_a_request_whose_job_is_canceled_meanwhile_is_answered(
    call: Caller, stack: BackgroundStack, identify_body: dict[str, Any]
) -> None:
    modern = V1(stack, stack.api_key)
    with gate_before(b"") as gate, ThreadPoolExecutor(1) as pool:
        by_url = {name: value for name, value in identify_body.items() if name != "content"}
        waiting = pool.submit(call.post, IDENTIFY, by_url | {"url": gate.url}, request_id="to-cancel")
        found = once(lambda: modern.get("/v1/jobs", status="running").json()["items"], bool)
        modern.delete(f"/v1/jobs/{found[0]['id']}")
        response = waiting.result()
    assert response.status_code == 409, response.text


@pytest.mark.parametrize("how", ["apikey", "bearer"])
def test_a_key_may_come_in_the_query_or_as_bearer(call: Caller, how: str) -> None:
    key = call.headers.pop("X-API-Key")
    query = {"apikey": key} if how == "apikey" else {}
    if how == "bearer":
        call.headers["Authorization"] = f"Bearer {key}"
    assert call.get("/v1/sync/diarization/get_enrolled_speakers", **query).status_code == 200


def test_a_finished_job_leaves_no_audio(
    call: Caller, identify_body: dict[str, Any], stack: BackgroundStack
) -> None:
    call.post(IDENTIFY, identify_body)
    assert blobs(stack) == []
