"""Refusals as RFC 9457 problem details, and what one tenant sees of another: nothing."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from tests.end_to_end.provoking import provokes
from tests.end_to_end.test_bad_input import left_behind
from tests.end_to_end.v1 import (
    IDENTIFICATIONS,
    NOISE,
    V1,
    complaints,
    encoded,
    excerpt,
    hook_answering,
    new_tenant,
    once,
    samples_of,
)

SPEAKER = "somebody"
REDELIVER = "/v1/deliveries/redeliver"


@pytest.fixture(scope="module")
def own(stack: BackgroundStack, voices: dict[str, bytes]) -> V1:
    """A tenant with one person enrolled."""
    tenant = new_tenant(stack)
    tenant.enrolled(SPEAKER, next(iter(voices.values())))
    return tenant


@pytest.fixture
def nothing_left(own: V1) -> Iterator[None]:
    """Fails a test whose request left rows or files."""
    before = left_behind(own.stack)
    yield
    assert left_behind(own.stack) == before


@dataclass(frozen=True)
class Wrong:
    """A request that is refused, and with what."""

    what: str
    status: int
    code: str
    method: str = "GET"
    path: str = "/v1/jobs"
    how: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str | None] = field(default_factory=dict)


CASES = [
    Wrong("a bad field", 400, "invalid_field", "POST", IDENTIFICATIONS, {"json": {"speakers": 5}}),
    Wrong("a bad query", 400, "invalid_field", how={"params": {"limit": 0}}),
    Wrong("a status that is none", 400, "invalid_field", how={"params": {"status": "lost"}}),
    Wrong(
        "broken JSON",
        400,
        "malformed_body",
        "POST",
        REDELIVER,
        {"data": "{"},
        {"Content-Type": "application/json"},
    ),
    Wrong("a list as the body", 400, "malformed_body", "POST", IDENTIFICATIONS, {"json": []}),
    Wrong("no key", 401, "invalid_api_key", headers={"X-API-Key": None}),
    Wrong("a wrong key", 401, "invalid_api_key", headers={"X-API-Key": "wrong"}),
    Wrong("no such job", 404, "job_not_found", path="/v1/jobs/none"),
    Wrong("no such address", 404, "not_found", path="/v1/nothing"),
    Wrong("a method that is not taken", 405, "method_not_allowed", "PUT"),
    Wrong("a format that is not offered", 406, "not_acceptable", path="/v1/jobs/{job}/result?format=docx"),
    Wrong("a job that has ended", 409, "job_finished", "DELETE", "/v1/jobs/{job}"),
    Wrong(
        "too large a file",
        413,
        "content_too_large",
        "POST",
        IDENTIFICATIONS,
        {"data": {"speakers": SPEAKER}, "files": {"file": b"\0" * 4_500_000}},
    ),
    Wrong(
        "too large a body",
        413,
        "content_too_large",
        "POST",
        IDENTIFICATIONS,
        {"json": {"speakers": [SPEAKER], "content": "A" * 8_000_000}},
    ),
    Wrong(
        "a body that is not declared as JSON",
        415,
        "unsupported_media_type",
        "POST",
        IDENTIFICATIONS,
        {"data": '{"speakers": "all"}'},
    ),
    Wrong(
        "a speaker who is not enrolled",
        *(400, "speaker_unknown", "POST", IDENTIFICATIONS),
        {"json": {"speakers": ["nobody"], "content": encoded(NOISE)}},
    ),
    Wrong(
        "a url inside the operator's network",
        *(400, "egress_denied", "POST", IDENTIFICATIONS),
        {"json": {"speakers": [SPEAKER], "url": "http://10.0.0.1/a.wav"}},
    ),
    Wrong(
        "text for audio",
        *(400, "audio_unreadable", "POST", IDENTIFICATIONS),
        {"json": {"speakers": [SPEAKER], "content": encoded(b"hello, how are you")}},
    ),
    Wrong("no such speaker", 404, "speaker_not_found", path="/v1/speakers/nobody"),
    Wrong("no such sample", 404, "sample_not_found", path=f"{samples_of(SPEAKER)}/none"),
    Wrong("a recording that is not kept", 404, "audio_not_kept", path="/v1/jobs/{job}/audio"),
    Wrong(
        "no such delivery",
        404,
        "delivery_not_found",
        path="/v1/deliveries/11111111-2222-3333-4444-555555555555",
    ),
]


@pytest.fixture(scope="module")
def identified(own: V1, conversation: Conversation) -> str:
    """The id of a finished identification."""
    return str(own.identified(excerpt(conversation, 15, 18), SPEAKER)["id"])


@pytest.fixture(
    params=[pytest.param(wrong, id=wrong.what, marks=provokes(wrong.code, dialect=2)) for wrong in CASES]
)
def refusal(own: V1, identified: str, request: pytest.FixtureRequest) -> tuple[Wrong, requests.Response]:
    """A wrong request and its answer."""
    wrong: Wrong = request.param
    path = wrong.path.format(job=identified)
    return wrong, own.send(wrong.method, path, wrong.headers, **wrong.how)


def test_a_refusal_has_its_status_and_code(refusal: tuple[Wrong, requests.Response]) -> None:
    wrong, response = refusal
    assert (response.status_code, response.json().get("code")) == (wrong.status, wrong.code), response.text


def test_a_refusal_is_problem_json(refusal: tuple[Wrong, requests.Response]) -> None:
    _, response = refusal
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_refusal_has_the_members_of_a_problem(refusal: tuple[Wrong, requests.Response]) -> None:
    wrong, response = refusal
    problem = response.json()
    found = (
        problem["type"].endswith(f":{wrong.code}"),
        problem["status"],
        bool(problem["title"]),
        bool(problem["detail"]),
    )
    assert found == (True, wrong.status, True, True), problem


def test_a_refused_key_is_told_how_to_send_one(own: V1) -> None:
    assert own.get("/v1/jobs", {"X-API-Key": None}).headers["WWW-Authenticate"].startswith("Bearer")


def test_a_refused_method_is_told_the_right_ones(own: V1) -> None:
    assert "GET" in own.send("PUT", "/v1/jobs").headers["Allow"]


def test_the_key_may_come_in_the_query_of_a_list(own: V1) -> None:
    assert own.get("/v1/jobs", {"X-API-Key": None}, apikey=own.key).status_code == 200


# Every field that is wrong

BAD = {
    "speakers": [],
    "num_speakers": 0,
    "min_speakers": "two",
    "max_speakers": 1000,
    "sample_rate": -1,
    "metadata": "text",
    "webhook": 5,
    "url": "",
}


@pytest.mark.usefixtures("nothing_left")
def test_every_bad_field_is_listed_at_once(own: V1) -> None:
    response = own.post(IDENTIFICATIONS, json=BAD | {"matching": {"threshold": 2000}})
    assert complaints(response) == {*BAD, "matching.threshold"}


@pytest.mark.usefixtures("nothing_left")
def test_every_bad_field_of_a_form_is_listed_at_once(own: V1) -> None:
    form = {"speakers": "a b", "num_speakers": "0", "matching": '{"threshold": "high"}'}
    response = own.post(IDENTIFICATIONS, files={"file": b"RIFF"}, data=form)
    assert complaints(response) == {"speakers", "num_speakers", "matching.threshold"}


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("url", ["ftp://x", "hook", "https://", "https://me:secret@example.com/"])
def test_an_address_that_is_none_is_listed_with_the_other_bad_fields(own: V1, url: str) -> None:
    form = {"speakers": SPEAKER, "num_speakers": "0", "webhook": url}
    responses = (
        own.post(IDENTIFICATIONS, json={"speakers": [], "url": url, "webhook": url}),
        own.post(IDENTIFICATIONS, files={"file": NOISE}, data=form),
        own.post(samples_of(SPEAKER), json={"url": url, "webhook": url, "sample_rate": -1}),
    )
    assert [complaints(response) for response in responses] == [
        {"speakers", "url", "webhook"},
        {"num_speakers", "webhook"},
        {"url", "webhook", "sample_rate"},
    ]


def test_every_bad_field_has_a_sentence_that_names_it(own: V1) -> None:
    errors = own.post(IDENTIFICATIONS, json=BAD).json()["errors"]
    assert [error for error in errors if not error["message"].startswith(f"{error['field']} ")] == []


def test_missing_audio_is_listed_with_the_other_bad_fields(own: V1) -> None:
    response = own.post(IDENTIFICATIONS, json={"speakers": [SPEAKER], "num_speakers": 0})
    assert complaints(response) == {"content", "num_speakers"}


def test_a_range_upside_down_is_listed_with_the_other_bad_fields(own: V1) -> None:
    body = {"speakers": 5, "content": "", "min_speakers": 3, "max_speakers": 2}
    assert complaints(own.post(IDENTIFICATIONS, json=body)) == {"speakers", "min_speakers"}


@pytest.mark.parametrize("name", ["colour", "speakerIds", "query"])
def test_an_unknown_field_is_named(own: V1, name: str) -> None:
    body = {"speakers": [SPEAKER], "content": "UklGRg==", name: 1}
    assert complaints(own.post(IDENTIFICATIONS, json=body)) == {name}


@pytest.mark.parametrize("repeated", ["encoding", "file"])
def test_a_field_that_a_form_sends_twice_is_named(own: V1, repeated: str) -> None:
    parts: dict[str, Any] = {
        "speakers": (None, SPEAKER),
        "encoding": (None, "WAV"),
        "file": ("a.wav", b"RIFF"),
    }
    files = [*parts.items(), (repeated, parts[repeated])]
    assert complaints(own.post(IDENTIFICATIONS, files=files)) == {repeated}


def test_an_unknown_field_of_a_form_is_named(own: V1) -> None:
    form = {"speakers": SPEAKER, "colour": "red"}
    assert complaints(own.post(IDENTIFICATIONS, files={"file": b"RIFF"}, data=form)) == {"colour"}


def test_an_unknown_query_is_named(own: V1) -> None:
    assert complaints(own.get("/v1/jobs", colour="red")) == {"colour"}


def test_a_number_that_is_none_in_json_is_refused_in_metadata(own: V1) -> None:
    body = f'{{"speakers": ["{SPEAKER}"], "content": "{encoded(b"RIFF")}", "metadata": {{"x": NaN}}}}'
    response = own.post(IDENTIFICATIONS, {"Content-Type": "application/json"}, data=body)
    assert response.status_code == 400, response.text


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ключ".encode()])
def test_an_idempotency_key_that_is_none_is_refused(own: V1, key: str | bytes) -> None:
    response = own.post(samples_of(SPEAKER), {"Idempotency-Key": key}, files={"file": b"RIFF"})
    assert (response.status_code, complaints(response)) == (400, {"Idempotency-Key"})


# Cursors


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/deliveries"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("?", id="nothing"),
        pytest.param(cursor({}), id="an object"),
        pytest.param(cursor([1, 2]), id="numbers"),
        pytest.param(cursor(["a speaker"]), id="another list's"),
        pytest.param(cursor(["then", "id"]), id="no time"),
        pytest.param(cursor(["0001-01-01T00:00:00+14:00", "id"]), id="before all time"),
        pytest.param(base64.urlsafe_b64encode(b"[" * 2000).decode(), id="deeply nested"),
        pytest.param("ü", id="not ASCII"),
    ],
)
def test_a_cursor_that_no_list_gave_is_refused(own: V1, path: str, text: str) -> None:
    response = own.get(path, cursor=text)
    assert (response.status_code, complaints(response)) == (400, {"cursor"}), response.text


def test_a_moment_before_all_time_is_refused_or_taken(own: V1) -> None:
    response = own.post(REDELIVER, json={"since": "0001-01-01T00:00:00+14:00"})
    assert response.status_code in {200, 400}, response.text


# Another tenant's


@pytest.fixture(scope="module")
def possessions(own: V1, identified: str) -> dict[str, str]:
    """What a tenant has: the ids by their names in the paths below."""
    with hook_answering(204) as hook:
        told = own.doomed(webhook=hook.url)["id"]
        deliveries = once(lambda: own.get("/v1/deliveries").json()["items"], bool)
        hook.wait()
    own.ended(told)
    sample = own.get(samples_of(SPEAKER)).json()["items"][0]["id"]
    return {"job": identified, "speaker": SPEAKER, "sample": sample, "delivery": deliveries[0]["id"]}


@pytest.fixture(scope="module")
def other(stack: BackgroundStack) -> V1:
    """A tenant who has nothing."""
    return new_tenant(stack)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/jobs/{job}"),
        ("GET", "/v1/jobs/{job}/result"),
        ("GET", "/v1/jobs/{job}/events"),
        ("DELETE", "/v1/jobs/{job}"),
        ("GET", "/v1/speakers/{speaker}"),
        ("GET", "/v1/speakers/{speaker}/samples"),
        ("GET", "/v1/speakers/{speaker}/samples/{sample}"),
        ("DELETE", "/v1/speakers/{speaker}/samples/{sample}"),
        ("DELETE", "/v1/speakers/{speaker}"),
        ("GET", "/v1/deliveries/{delivery}"),
        ("POST", "/v1/deliveries/{delivery}/redeliver"),
    ],
)
def test_what_is_another_tenants_is_not_found(
    other: V1, possessions: dict[str, str], method: str, path: str
) -> None:
    assert other.send(method, path.format(**possessions)).status_code == 404


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/speakers", "/v1/deliveries"])
def test_a_list_holds_nothing_of_another_tenant(other: V1, possessions: dict[str, str], path: str) -> None:
    assert other.get(path).json()["items"] == []


def test_another_tenants_job_is_no_reference(other: V1, possessions: dict[str, str]) -> None:
    body = {"job_id": possessions["job"], "segments": [0]}
    response = other.post(samples_of("taken"), json=body)
    assert (response.status_code, complaints(response)) == (400, {"job_id"})


def test_sending_again_since_a_moment_reaches_no_other_tenant(other: V1, possessions: dict[str, str]) -> None:
    response = other.post(REDELIVER, json={"since": "2020-01-01T00:00:00Z"})
    assert response.json() == {"redelivered": 0}
