"""Bad input gets a 4xx that names the field and the remedy, and leaves nothing behind."""

import base64
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from sqlalchemy import select, text, update

from deploy.demo.conversation import Conversation, cut_out
from deploy.demo.webhook import Receiver
from deploy.local.background import BackgroundStack
from shared.store.schema import Sample, Speaker
from tests.end_to_end.conftest import NAMES, PREFIX, Caller
from tests.end_to_end.provoking import provokes
from tests.end_to_end.serving import blobs, ledger

IDENTIFY = "/v2/sync/diarization/identify"
IDENTIFY_ASYNC = "/v2/async/diarization/identify"
ENROLL = "/v2/sync/diarization/enroll"
DELETE = "/v1/sync/diarization/delete"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@dataclass(frozen=True)
class Bad:
    """A good identification with something wrong, and what the answer must be."""

    what: str
    code: str
    status: int
    names: str
    path: str = IDENTIFY
    change: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    query: dict[str, str] = field(default_factory=dict)


CASES = [
    Bad("neither content nor url", "invalid_field", 400, "content", without=("content",)),
    Bad("both content and url", "invalid_field", 400, "url", change={"url": "https://example.com/a.wav"}),
    Bad("broken base64", "invalid_field", 400, "content", change={"content": "a-b!"}),
    Bad("content that is a number", "invalid_field", 400, "content", change={"content": 5}),
    Bad("text", "audio_unreadable", 400, "content", change={"content": encoded(b"hello, how are you")}),
    Bad("noise", "audio_unreadable", 400, "content", change={"content": encoded(bytes(range(256)) * 9)}),
    Bad("an empty file", "audio_empty", 400, "content", change={"content": ""}),
    Bad("an unknown speaker", "speaker_unknown", 400, "speakerIds", change={"speakerIds": ["nobody"]}),
    Bad("no speakers", "invalid_field", 400, "speakerIds", without=("speakerIds",)),
    Bad("an empty list of speakers", "invalid_field", 400, "speakerIds", change={"speakerIds": []}),
    Bad("a speaker's name with a blank", "invalid_field", 400, "speakerIds", change={"speakerIds": ["a b"]}),
    Bad("a url that is none", "invalid_field", 400, "url", change={"url": "nope"}, without=("content",)),
    Bad(
        "a url inside the operator's network",
        *("egress_denied", 400, "ROLLCALL_EGRESS_ALLOW"),
        change={"url": "http://10.0.0.1/a.wav"},
        without=("content",),
    ),
    Bad(
        "a url that nobody answers",
        *("audio_unreachable", 400, "url"),
        change={"url": "http://127.0.0.1:1/a.wav"},
        without=("content",),
    ),
    Bad("no webhook", "invalid_field", 400, "webhook", path=IDENTIFY_ASYNC),
    Bad(
        "a webhook that is no url",
        *("invalid_field", 400, "webhook"),
        path=IDENTIFY_ASYNC,
        query={"webhook": "nope"},
    ),
    Bad(
        "a webhook inside the operator's network",
        *("egress_denied", 400, "webhook"),
        path=IDENTIFY_ASYNC,
        query={"webhook": "http://192.168.1.1/"},
    ),
    Bad("a sample rate that is a word", "invalid_field", 400, "sampleRate", change={"sampleRate": "fast"}),
    Bad("too many bytes", "content_too_large", 413, "content", change={"content": encoded(b"x" * 5_000_000)}),
    Bad(
        "a speakerId with a dash", "invalid_field", 400, "speakerId", path=ENROLL, change={"speakerId": "a-b"}
    ),
    Bad("no speakerId", "invalid_field", 400, "speakerId", path=ENROLL),
    Bad(
        "deleting nobody", "speaker_not_found", 404, "speakerId", path=DELETE, change={"speakerId": "nobody"}
    ),
]


def left_behind(stack: BackgroundStack) -> dict[str, int]:
    """Rows and files that a request could have left."""
    tables = ("jobs", "deliveries", "speakers", "samples", "voiceprints")
    with closing(ledger(stack)) as store, store.reading() as session:
        rows = {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}
    return rows | {"blobs": len(blobs(stack))}


@pytest.fixture
def nothing_left(stack: BackgroundStack, enrolled: list[str]) -> Iterator[None]:
    """Fails a test whose request left rows or files."""
    before = left_behind(stack)
    yield
    assert left_behind(stack) == before


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(
    "bad", [pytest.param(bad, id=bad.what, marks=provokes(bad.code, dialect=1)) for bad in CASES]
)
def test_a_bad_request_is_refused_by_name(call: Caller, identify_body: dict[str, Any], bad: Bad) -> None:
    body = {key: value for key, value in (identify_body | bad.change).items() if key not in bad.without}
    response = call.post(bad.path, body, **bad.query)
    fault = response.json()["fault"]
    found = (response.status_code, fault["detail"]["errorcode"], bad.names in fault["faultstring"])
    assert found == (bad.status, f"rollcall.{bad.code}", True), fault


@provokes("insufficient_speech", dialect=1)
@pytest.mark.usefixtures("nothing_left")
def test_too_little_speech_is_refused_with_the_seconds_that_count(
    call: Caller, conversation: Conversation
) -> None:
    short = cut_out(conversation.audio, conversation.reference[4:5])
    response = call.post(ENROLL, {"speakerId": "short", "content": encoded(short)})
    assert (response.status_code, "at least 6 s" in response.text) == (400, True), response.text


@provokes("enrollment_incomplete", dialect=1)
def test_an_incompletely_enrolled_speaker_is_refused_by_name(
    call: Caller, identify_body: dict[str, Any], stack: BackgroundStack, voices: dict[str, bytes]
) -> None:
    # An enrolment of 6 s completes on this service, so the row of a longer one is shortened.
    call.post(ENROLL, {"speakerId": "partial", "content": encoded(voices[NAMES[0]])})
    of_partial = select(Speaker.id).where(Speaker.speaker_id == "partial").scalar_subquery()
    with closing(ledger(stack)) as store, store.writing() as session:
        session.execute(update(Sample).where(Sample.speaker_key == of_partial).values(speech_seconds=5))
    response = call.post(IDENTIFY, identify_body | {"speakerIds": ["partial"]})
    call.post(DELETE, {"speakerId": "partial"})
    code = response.json()["fault"]["detail"]["errorcode"]
    assert (response.status_code, code) == (400, "rollcall.enrollment_incomplete")


@provokes("request_id_reused", dialect=1)
def test_a_request_id_with_another_body_is_refused(
    call: Caller, identify_body: dict[str, Any], receiver: Receiver
) -> None:
    call.post(IDENTIFY_ASYNC, identify_body, webhook=receiver.url, request_id="reused")
    other = identify_body | {"speakerIds": NAMES[:1]}
    response = call.post(IDENTIFY_ASYNC, other, webhook=receiver.url, request_id="reused")
    assert response.json()["fault"]["detail"]["errorcode"] == "rollcall.request_id_reused"


@provokes("invalid_api_key", dialect=1)
@pytest.mark.parametrize("key", [None, "wrong", "rc_00000000_" + "0" * 40 + "_00000000"])
@pytest.mark.parametrize("path", [IDENTIFY, ENROLL, DELETE])
def test_no_key_or_a_wrong_one_is_refused(stack: BackgroundStack, key: str | None, path: str) -> None:
    headers = {"X-API-Key": key} if key else {}
    response = requests.post(stack.url + PREFIX + path, json={}, headers=headers, timeout=30)
    code = response.json()["fault"]["detail"]["error_code"]
    assert (response.status_code, code) == (401, "oauth.v2.InvalidApiKey")


@provokes("malformed_body", dialect=1)
@pytest.mark.parametrize("body", ["{", "[]", "", '"text"', "null"])
def test_a_body_that_is_no_json_object_is_refused(call: Caller, body: str) -> None:
    response = requests.post(call.url + IDENTIFY, data=body, headers=call.headers, timeout=30)
    assert response.status_code == 400, response.text


def test_half_a_character_in_a_field_is_refused(call: Caller) -> None:
    body = '{"content": "\\ud800"}'
    response = requests.post(call.url + IDENTIFY, data=body, headers=call.headers, timeout=30)
    assert response.status_code == 400, response.text


@provokes("not_found", dialect=1)
@pytest.mark.parametrize("path", ["/", "/nothing", PREFIX + "/v9/x", "/audio/%00/x"])
def test_an_unknown_address_is_a_404_in_json(stack: BackgroundStack, path: str) -> None:
    response = requests.get(stack.url + path, timeout=30)
    assert (response.status_code, response.json()["fault"]["detail"]["errorcode"]) == (
        404,
        "rollcall.not_found",
    )


@provokes("method_not_allowed", dialect=1)
def test_a_wrong_method_is_a_405_that_names_the_right_one(stack: BackgroundStack) -> None:
    response = requests.get(stack.url + PREFIX + IDENTIFY, timeout=30)
    assert (response.status_code, "POST" in response.headers["Allow"]) == (405, True)
