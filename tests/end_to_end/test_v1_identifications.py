"""POST /v1/identifications: the ways to bring audio, to wish, to wait, and to repeat."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
import requests
from sqlalchemy import update

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.store.schema import Sample
from tests.end_to_end.conftest import NAMES
from tests.end_to_end.provoking import provokes
from tests.end_to_end.serving import blobs, ledger
from tests.end_to_end.v1 import (
    IDENTIFICATIONS,
    NOISE,
    V1,
    WAITING,
    complaints,
    encoded,
    excerpt,
    gate_before,
    hook_answering,
    new_tenant,
    once,
    speakers_of,
    succeeded,
)


@pytest.fixture(scope="module")
def own(stack: BackgroundStack, voices: dict[str, bytes]) -> V1:
    """A tenant with both people enrolled and nobody else."""
    tenant = new_tenant(stack)
    for name, voice in voices.items():
        tenant.enrolled(name, voice)
    return tenant


@pytest.fixture
def stranger(stack: BackgroundStack) -> V1:
    """Another tenant, who has enrolled nobody."""
    return new_tenant(stack)


@pytest.fixture(scope="module")
def both(conversation: Conversation) -> bytes:
    """Seventeen seconds of both people."""
    return excerpt(conversation, 6, 23)


@pytest.fixture(scope="module")
def one(conversation: Conversation) -> bytes:
    """Three seconds of one person: for tests that look at the job, not at its answer."""
    return excerpt(conversation, 15, 18)


@pytest.fixture(scope="module")
def uploaded(own: V1, both: bytes) -> dict[str, Any]:
    """The finished job of an upload."""
    return own.identified(both, NAMES)


def segments_of(response: requests.Response) -> list[dict[str, Any]]:
    return list(succeeded(response)["result"]["segments"])


def shorten(tenant: V1, speaker_id: str) -> None:
    """Make a speaker's enrolment incomplete: any that this service takes is complete."""
    sample_id = tenant.get(f"/v1/speakers/{speaker_id}/samples").json()["items"][0]["id"]
    with closing(ledger(tenant.stack)) as store, store.writing() as session:
        session.execute(update(Sample).where(Sample.id == sample_id).values(speech_seconds=5))


def test_an_uploaded_file_is_identified(uploaded: dict[str, Any]) -> None:
    assert speakers_of(uploaded) == set(NAMES)


def test_base64_in_json_is_identified_as_the_file_is(own: V1, both: bytes, uploaded: dict[str, Any]) -> None:
    body = {"speakers": NAMES, "content": encoded(both)}
    response = own.post(IDENTIFICATIONS, WAITING, json=body)
    assert segments_of(response) == uploaded["result"]["segments"]


def test_audio_behind_a_url_is_identified_as_the_file_is(
    own: V1, both: bytes, uploaded: dict[str, Any]
) -> None:
    with gate_before(both) as gate:
        gate.open()
        response = own.post(IDENTIFICATIONS, WAITING, json={"speakers": NAMES, "url": gate.url})
    assert segments_of(response) == uploaded["result"]["segments"]


def test_who_is_not_in_the_list_is_not_named(own: V1, both: bytes) -> None:
    assert speakers_of(own.identified(both, NAMES[:1])) == {NAMES[0], None}


def test_all_speakers_are_looked_for(own: V1, both: bytes) -> None:
    assert speakers_of(own.identified(both, "all")) == set(NAMES)


def test_all_leaves_out_who_is_not_completely_enrolled(
    stranger: V1, voices: dict[str, bytes], both: bytes
) -> None:
    for name, voice in voices.items():
        stranger.enrolled(name, voice)
    shorten(stranger, NAMES[1])
    assert speakers_of(stranger.identified(both, "all")) == {NAMES[0], None}


def test_where_nobody_is_enrolled_all_voices_are_strangers(stranger: V1, both: bytes) -> None:
    segments = stranger.identified(both, "all")["result"]["segments"]
    assert ({one["speaker"] for one in segments}, len({one["label"] for one in segments})) == ({None}, 2)


def test_another_tenants_speaker_is_unknown(own: V1, stranger: V1, one: bytes) -> None:
    response = stranger.identify(one, NAMES)
    assert (response.status_code, response.json()["code"]) == (400, "speaker_unknown")


@provokes("enrollment_incomplete", dialect=2)
def test_a_speaker_who_is_not_completely_enrolled_is_refused(
    stranger: V1, voices: dict[str, bytes], one: bytes
) -> None:
    stranger.enrolled(NAMES[0], voices[NAMES[0]])
    shorten(stranger, NAMES[0])
    assert complaints(stranger.identify(one, NAMES[:1])) == {"speakers"}


@pytest.mark.parametrize(
    ("wish", "fewest", "most"),
    [
        ({"num_speakers": 1}, 1, 1),
        ({"num_speakers": 3}, 3, 3),
        ({"max_speakers": 1}, 1, 1),
        ({"min_speakers": 3}, 3, 100),
        ({"min_speakers": 1, "max_speakers": 4}, 2, 2),
    ],
)
def test_the_wished_number_of_voices_is_told_apart(
    own: V1, both: bytes, wish: dict[str, int], fewest: int, most: int
) -> None:
    labels = {segment["label"] for segment in own.identified(both, NAMES, **wish)["result"]["segments"]}
    assert fewest <= len(labels) <= most, labels


def test_nobody_reaches_a_threshold_above_all_scores(own: V1, both: bytes) -> None:
    assert speakers_of(own.identified(both, NAMES, matching='{"threshold": 1000}')) == {None}


@pytest.fixture(scope="module")
def alike(own: V1, uploaded: dict[str, Any]) -> Iterator[str]:
    """A speaker whose voiceprint is made of both people, so that both sound like it."""
    segments = [segment["id"] for segment in uploaded["result"]["segments"]]
    response = own.post("/v1/speakers/alike/samples", json={"job_id": uploaded["id"], "segments": segments})
    assert response.status_code == 201, response.text
    yield "alike"
    own.delete("/v1/speakers/alike")


@pytest.mark.parametrize(("exclusive", "voices_named"), [(False, 2), (True, 1)])
def test_an_exclusive_name_goes_to_one_voice_only(
    own: V1, both: bytes, alike: str, exclusive: bool, voices_named: int
) -> None:
    matching = json.dumps({"threshold": -1000, "exclusive": exclusive})
    segments = own.identified(both, [alike], matching=matching)["result"]["segments"]
    assert len({segment["label"] for segment in segments if segment["speaker"] == alike}) == voices_named


def test_matching_options_in_json_are_those_of_the_form(own: V1, both: bytes) -> None:
    body = {"speakers": NAMES, "content": encoded(both), "matching": {"threshold": 1000}}
    job = succeeded(own.post(IDENTIFICATIONS, WAITING, json=body))
    assert speakers_of(job) == {None}


def test_without_a_preference_the_job_is_accepted(own: V1, one: bytes) -> None:
    response = own.identify(one, NAMES)
    assert (response.status_code, response.json()["status"]) == (202, "queued")


def test_the_location_leads_to_the_job(own: V1, one: bytes) -> None:
    response = own.identify(one, NAMES)
    assert own.get(response.headers["Location"]).json()["id"] == response.json()["id"]


def test_the_preference_that_was_applied_is_told(own: V1, one: bytes) -> None:
    assert own.identify(one, NAMES, WAITING).headers["Preference-Applied"] == "wait=60"


def test_a_wait_that_ends_leaves_an_accepted_job(own: V1, one: bytes) -> None:
    with gate_before(one) as gate:
        body = {"speakers": NAMES, "url": gate.url}
        response = own.post(IDENTIFICATIONS, {"Prefer": "wait=1"}, json=body)
    assert (response.status_code, response.json()["status"]) == (202, "queued")


def test_a_job_goes_on_after_the_wait_for_it_ended(own: V1, one: bytes) -> None:
    with gate_before(one) as gate:
        body = {"speakers": NAMES, "url": gate.url}
        response = own.post(IDENTIFICATIONS, {"Prefer": "wait=1"}, json=body)
    assert own.ended(response.json()["id"])["status"] == "succeeded"


@provokes("audio_unreadable", dialect=2)
def test_a_job_that_fails_within_the_wait_answers_why(own: V1) -> None:
    job = own.identify(NOISE, NAMES, WAITING).json()
    assert (job["status"], job["error"]["code"]) == ("failed", "audio_unreadable")


def test_metadata_stays_with_the_job(own: V1, one: bytes) -> None:
    job = own.identify(one, NAMES, metadata='{"call": 17}').json()
    assert own.job(job["id"])["metadata"] == {"call": 17}


def test_a_finished_job_leaves_no_audio(own: V1, one: bytes) -> None:
    job_id = own.identified(one, NAMES)["id"]
    assert job_id not in once(lambda: blobs(own.stack), lambda left: job_id not in left)


# Repeating a request


def test_a_repeated_key_gets_the_same_answer(own: V1, one: bytes) -> None:
    key = {"Idempotency-Key": "sequential"}
    first = own.identify(one, NAMES, key)
    own.ended(first.json()["id"])
    again = own.identify(one, NAMES, key)
    assert (again.status_code, again.content) == (202, first.content)


@pytest.fixture(scope="module")
def parallel(own: V1, one: bytes) -> list[requests.Response]:
    """The answers to one request sent twenty times at once."""

    def submit(_: int) -> requests.Response:
        return own.identify(one, NAMES, {"Idempotency-Key": "parallel"}, metadata='{"sent": "at once"}')

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(submit, range(20)))


def test_twenty_parallel_requests_of_a_key_are_all_accepted(parallel: list[requests.Response]) -> None:
    assert [response.status_code for response in parallel] == [202] * 20


def test_twenty_parallel_requests_of_a_key_get_equal_answers(parallel: list[requests.Response]) -> None:
    assert len({response.content for response in parallel}) == 1


def test_twenty_parallel_requests_of_a_key_are_one_job(own: V1, parallel: list[requests.Response]) -> None:
    listed = [job for page in own.pages("/v1/jobs", limit=200) for job in page]
    assert len([job for job in listed if job["metadata"] == {"sent": "at once"}]) == 1


@provokes("idempotency_key_reused", dialect=2)
def test_a_key_with_another_body_is_refused(own: V1, one: bytes) -> None:
    key = {"Idempotency-Key": "other-body"}
    own.identify(one, NAMES, key)
    response = own.identify(one, NAMES[:1], key)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


def test_two_tenants_keys_do_not_meet(own: V1, stranger: V1) -> None:
    answers = [
        tenant.post("/v1/speakers/nobody/samples", {"Idempotency-Key": "shared"}, files={"file": NOISE})
        for tenant in (own, stranger)
    ]
    assert len({answer.json()["id"] for answer in answers}) == 2


def test_a_key_serves_again_after_a_named_speaker_was_erased(
    stranger: V1, voices: dict[str, bytes], one: bytes
) -> None:
    stranger.enrolled("fleeting", voices[NAMES[0]])
    key = {"Idempotency-Key": "erased"}
    first = stranger.identify(one, ["fleeting"], key)
    stranger.ended(first.json()["id"])
    stranger.delete("/v1/speakers/fleeting")
    again = stranger.identify(one, ["fleeting"], key)
    assert (again.status_code, again.json()) == (202, first.json())


def test_a_key_with_all_speakers_serves_again_after_one_more_was_enrolled(
    stranger: V1, voices: dict[str, bytes], one: bytes
) -> None:
    stranger.enrolled(NAMES[0], voices[NAMES[0]])
    key = {"Idempotency-Key": "all"}
    first = stranger.identify(one, "all", key)
    stranger.enrolled(NAMES[1], voices[NAMES[1]])
    again = stranger.identify(one, "all", key)
    assert (again.status_code, again.json()) == (202, first.json())


# Webhooks


@pytest.fixture(scope="module")
def told(own: V1, both: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """A job that succeeded, and what its webhook was told."""
    with hook_answering(204) as hook:
        job = own.identified(both, NAMES, webhook=hook.url)
        return job, hook.wait().body


def test_a_webhook_is_told_that_the_job_succeeded(told: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert told[1]["type"] == "job.succeeded"


def test_a_webhook_is_told_the_result(own: V1, told: tuple[dict[str, Any], dict[str, Any]]) -> None:
    job, body = told
    assert body["data"]["result"] == own.get(f"/v1/jobs/{job['id']}/result").json()


def test_a_webhook_is_told_the_job_as_it_is_read(
    own: V1, told: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    job, body = told
    said = {name: value for name, value in body["data"].items() if name != "result"}
    assert said == own.job(job["id"])


def test_a_webhook_is_told_why_a_job_failed(own: V1) -> None:
    with hook_answering(204) as hook:
        own.doomed(webhook=hook.url)
        body = hook.wait().body
    assert (body["type"], body["data"]["error"]["code"]) == ("job.failed", "audio_unreadable")


# Refusals


def test_no_audio_is_refused(own: V1) -> None:
    response = own.post(IDENTIFICATIONS, json={"speakers": NAMES})
    assert (response.status_code, complaints(response)) == (400, {"content"})


def test_audio_in_two_ways_is_refused(own: V1, one: bytes) -> None:
    response = own.identify(one, NAMES, url="https://example.com/a.wav")
    assert response.status_code == 400


@provokes("audio_empty", dialect=2)
def test_an_empty_file_is_refused_by_the_name_of_its_field(own: V1) -> None:
    response = own.identify(b"", NAMES)
    assert (response.json()["code"], complaints(response)) == ("audio_empty", {"file"})
