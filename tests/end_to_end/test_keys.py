"""Keys with few scopes, keys that ended, and too many requests."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import requests

from deploy.local.background import BackgroundStack
from shared import apikeys
from shared.settings.environment import environment_with
from tests.end_to_end.conftest import PREFIX
from tests.end_to_end.provoking import provokes
from tests.end_to_end.v1 import V1

MINUTE_SECONDS = 60


def admin(stack: BackgroundStack, *words: str) -> "subprocess.CompletedProcess[str]":
    """The operator's command on a running service's data."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.admin", *words],
        env=environment_with(**stack.variables),
        capture_output=True,
        text=True,
        check=False,
    )


def told(name: str, done: "subprocess.CompletedProcess[str]") -> str:
    """What a command says after a name."""
    found = re.search(rf"^{name} +(\S+)", done.stdout, re.MULTILINE)
    assert found, done
    return found[1]


@pytest.fixture
def key_with(stack: BackgroundStack) -> Callable[..., V1]:
    """Dialect 2 with a new key of the first tenant."""
    return lambda *words: V1(stack, told("key", admin(stack, "keys", "add", *words)))


@provokes("scope_missing", dialect=2)
def test_a_key_that_only_reads_cannot_enroll(key_with: Callable[..., V1]) -> None:
    response = key_with("--scopes", "read").post("/v1/speakers/nobody/samples", files={"file": b"sound"})
    assert (response.status_code, "enroll" in response.json()["detail"]) == (403, True)


@provokes("scope_missing", dialect=1)
def test_a_key_that_only_reads_cannot_identify(key_with: Callable[..., V1]) -> None:
    reader = key_with("--scopes", "read")
    assert reader.post(f"{PREFIX}/v2/sync/diarize", json={"content": "AAAA"}).status_code == 403


def test_a_key_that_only_reads_reads(key_with: Callable[..., V1]) -> None:
    assert key_with("--scopes", "read").get("/v1/jobs").status_code == 200


def test_a_key_that_does_not_read_sees_nothing(key_with: Callable[..., V1]) -> None:
    assert key_with("--scopes", "enroll,identify").get("/v1/jobs").status_code == 403


def test_secrets_are_only_for_keys_that_manage(key_with: Callable[..., V1]) -> None:
    assert key_with("--scopes", "read").get("/v1/webhooks/secrets").status_code == 403


def test_a_revoked_key_is_refused(stack: BackgroundStack, key_with: Callable[..., V1]) -> None:
    tenant = key_with()
    admin(stack, "keys", "revoke", str(apikeys.shown_id(tenant.key)))
    assert tenant.get("/v1/jobs").status_code == 401


def test_a_mistyped_key_is_told_so(stack: BackgroundStack) -> None:
    key = stack.api_key[:30] + ("0" if stack.api_key[30] != "0" else "1") + stack.api_key[31:]
    assert "mistyped" in V1(stack, key).get("/v1/jobs").json()["detail"]


def test_keys_are_listed_without_their_secrets(stack: BackgroundStack, key_with: Callable[..., V1]) -> None:
    tenant = key_with("--name", "of a list")
    listed = admin(stack, "keys", "list").stdout
    assert (str(apikeys.shown_id(tenant.key)) in listed, tenant.key in listed) == (True, False)


def test_a_key_that_was_used_says_when(stack: BackgroundStack, key_with: Callable[..., V1]) -> None:
    tenant = key_with()
    tenant.get("/v1/jobs")
    lines = admin(stack, "keys", "list").stdout.splitlines()
    (line,) = (line for line in lines if line.startswith(str(apikeys.shown_id(tenant.key))))
    assert "never" not in line


@pytest.mark.parametrize(
    "words", [("keys", "revoke", "rc_00000000"), ("tenants", "limit", "5", "--tenant", "nobody")]
)
def test_the_operator_is_told_what_there_is_not(stack: BackgroundStack, words: tuple[str, ...]) -> None:
    done = admin(stack, *words)
    assert (done.returncode, "there is no" in done.stderr) == (1, True)


@pytest.fixture
def limited(stack: BackgroundStack) -> V1:
    """A tenant who may send three requests in a minute."""
    made = admin(stack, "tenants", "add", "limited")
    admin(stack, "tenants", "limit", "3", "--tenant", told("tenant", made))
    return V1(stack, told("key", made))


def exceeded(send: Callable[[], requests.Response]) -> requests.Response:
    """The answer to one request too many."""
    return [send() for _ in range(4)][-1]


@provokes("rate_limited", dialect=2)
def test_too_many_requests_are_refused(limited: V1) -> None:
    response = exceeded(lambda: limited.get("/v1/jobs"))
    waits = int(response.headers["Retry-After"])
    assert (response.status_code, 0 < waits <= MINUTE_SECONDS) == (429, True)


@provokes("rate_limited", dialect=1)
def test_too_many_requests_are_refused_in_dialect_1(limited: V1) -> None:
    path = f"{PREFIX}/v1/sync/diarization/get_enrolled_speakers"
    assert exceeded(lambda: limited.get(path)).status_code == 429


def test_answers_tell_how_many_requests_are_left(limited: V1) -> None:
    left = [limited.get("/v1/jobs").headers["RateLimit"].split(";")[1] for _ in range(2)]
    assert left == ["r=2", "r=1"]


def test_answers_tell_the_policy(limited: V1) -> None:
    assert limited.get("/v1/jobs").headers["RateLimit-Policy"] == '"tenant";q=3;w=60'


def test_one_tenants_requests_are_not_anothers(limited: V1, stack: BackgroundStack) -> None:
    exceeded(lambda: limited.get("/v1/jobs"))
    assert V1(stack, stack.api_key).get("/v1/jobs").status_code == 200


def test_health_is_not_limited(stack: BackgroundStack, limited: V1) -> None:
    answers: list[Any] = [requests.get(f"{stack.url}/livez", timeout=5).status_code for _ in range(5)]
    assert answers == [200] * 5
