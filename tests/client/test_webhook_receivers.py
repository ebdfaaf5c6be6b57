"""Receiving webhooks: the one call, and the receivers of docs/examples, with what the workers sign."""

import importlib.util
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi.testclient import TestClient

from client import verify_webhook
from client.errors import InvalidSignature
from tests.client.scripted import job, result
from worker.webhooks.signing import signed_headers

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SECRET, OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "whsec_" + "A" * 43 + "="
STRANGERS = "whsec_" + "B" * 43 + "="
SEGMENT = {
    "id": 0,
    "start": 0.5,
    "end": 2.0,
    "speaker": "anna",
    "label": "speaker1",
    "confidence": 0.9,
    "reason": None,
    "candidates": [],
}
FOUND = job("succeeded", metadata={"call": "4711"}, result={**result(), "segments": [SEGMENT]})
FAILED = job("failed", error={"code": "audio_empty", "message": "There is none.", "field": None})


def event(told: dict[str, Any]) -> bytes:
    return json.dumps({"type": f"job.{told['status']}", "timestamp": "t", "data": told}).encode()


def signed(body: bytes, *secrets: str, age_seconds: float = 0, delivery: str = "d1") -> dict[str, str]:
    moment = datetime.now(UTC) - timedelta(seconds=age_seconds)
    return signed_headers(secrets or [SECRET], delivery, moment, body)


def test_a_webhook_tells_the_job_and_its_result() -> None:
    body = event(FOUND)
    told = verify_webhook(body, signed(body), SECRET).job
    assert told is not None
    assert told.result is not None
    assert [one.name for one in told.result.segments] == ["anna"]  # type: ignore[union-attr]


def test_while_secrets_change_either_will_do() -> None:
    body = event(FOUND)
    assert verify_webhook(body, signed(body, OTHER, SECRET), SECRET).id == "d1"
    assert verify_webhook(body, signed(body, SECRET), OTHER, SECRET).id == "d1"


def test_a_webhook_of_the_other_dialect_is_verified_too() -> None:
    body = b'{"request_id": "r1", "response": {"segments": []}}'
    told = verify_webhook(body, signed(body), SECRET)
    assert (told.type, told.job, told.body["request_id"]) == ("", None, "r1")


def forged(body: bytes) -> dict[str, str]:
    return signed(body, STRANGERS)


def old(body: bytes) -> dict[str, str]:
    return signed(body, age_seconds=3600)


def of_another_body(_: bytes) -> dict[str, str]:
    return signed(b"{}")


def unsigned(_: bytes) -> dict[str, str]:
    return {}


@pytest.mark.parametrize("headers", [forged, old, of_another_body, unsigned])
def test_what_the_service_did_not_send_just_now_is_refused(
    headers: Callable[[bytes], dict[str, str]],
) -> None:
    body = event(FOUND)
    with pytest.raises(InvalidSignature):
        verify_webhook(body, headers(body), SECRET)


def example(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("ROLLCALL_WEBHOOK_SECRET", f"{OTHER} {SECRET}")
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Post = Callable[[bytes, dict[str, str]], int]


@pytest.fixture(params=["flask_receiver", "fastapi_receiver"])
def post(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Posts to a receiver; the status it answers with."""
    app = example(request.param, monkeypatch).app
    if request.param == "flask_receiver":
        flask = app.test_client()
        return lambda body, headers: int(flask.post("/rollcall", data=body, headers=headers).status_code)
    fastapi = TestClient(app)
    return lambda body, headers: fastapi.post("/rollcall", content=body, headers=headers).status_code


def test_a_receiver_shows_who_spoke(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    assert post(event(FOUND), signed(event(FOUND))) == 204
    assert capsys.readouterr().out == "4711 0.5 2.0 anna\n"


def test_a_receiver_shows_why_a_job_failed(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    assert post(event(FAILED), signed(event(FAILED))) == 204
    assert capsys.readouterr().out == "j1 audio_empty There is none.\n"


def test_a_receiver_acts_once_on_a_delivery_that_comes_twice(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert post(event(FOUND), signed(event(FOUND))) == 204
    assert capsys.readouterr().out.count("anna") == 1


def test_a_receiver_refuses_what_it_was_not_sent_by_the_service(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (post(event(FOUND), forged(event(FOUND))), capsys.readouterr().out) == (401, "")
