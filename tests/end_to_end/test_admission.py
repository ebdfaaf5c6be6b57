"""Good requests that are refused: a spent quota, a queue too long to wait for, a wait that ended."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.settings.environment import environment_with
from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.provoking import provokes
from tests.end_to_end.serving import new_service
from tests.end_to_end.v1 import NOISE, V1, Gate, gate_before, once, samples_of

IDENTIFY = "/v2/sync/diarization/identify"
STATUS = "/transaction/generic/api/v1/async/status"
WAIT_SECONDS = 1


@pytest.fixture(scope="module")
def impatient_stack(
    tmp_path_factory: pytest.TempPathFactory, voices: dict[str, bytes]
) -> Iterator[BackgroundStack]:
    """A service whose synchronous requests wait for a second only, with both people enrolled."""
    running = new_service(
        tmp_path_factory.mktemp("impatient"),
        ROLLCALL_ENROLL_COMPLETE_SECONDS="6",
        ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
        ROLLCALL_SYNC_WAIT_SECONDS=str(WAIT_SECONDS),
    )
    running.start()
    running.wait_until_ready()
    modern = V1(running, running.api_key)
    for name, voice in voices.items():
        modern.ended(modern.post(samples_of(name), files={"file": voice}).json()["id"])
    yield running
    running.stop()


@pytest.fixture
def hurried(impatient_stack: BackgroundStack) -> Caller:
    """Raw requests to the impatient service."""
    return Caller(impatient_stack)


def status(stack: BackgroundStack, request_id: str) -> str:
    headers = {"X-API-Key": stack.api_key}
    answer = requests.get(stack.url + STATUS, params={"request_id": request_id}, headers=headers, timeout=30)
    return str(answer.json().get("status"))


def wait_until_idle(stack: BackgroundStack, request_id: str) -> str:
    deadline = time.monotonic() + 60
    while status(stack, request_id) == "Running" and time.monotonic() < deadline:
        time.sleep(0.1)
    return status(stack, request_id)


@pytest.fixture
def slow(conversation: Conversation) -> Iterator[Gate]:
    """A recording that is not handed out before the test is over, or opens the gate."""
    with gate_before(conversation.audio.read_bytes()) as gate:
        yield gate


def body_of(gate: Gate) -> dict[str, Any]:
    return {"encoding": "WAV", "sampleRate": 16000, "speakerIds": NAMES, "url": gate.url}


@provokes("wait_ended", dialect=1)
def test_a_wait_that_ends_answers_the_request_id(hurried: Caller, slow: Gate) -> None:
    response = hurried.post(IDENTIFY, body_of(slow), request_id="slow-1")
    assert (response.status_code, response.json()["request_id"]) == (504, "slow-1"), response.text


def test_the_job_goes_on_after_the_wait(
    hurried: Caller, impatient_stack: BackgroundStack, slow: Gate
) -> None:
    wait_until_idle(impatient_stack, "slow-1")
    hurried.post(IDENTIFY, body_of(slow), request_id="slow-2")
    slow.open()
    assert wait_until_idle(impatient_stack, "slow-2") == "Completed"


@contextmanager
def somebody_waits(stack: BackgroundStack, gate: Gate, request_id: str) -> Iterator[None]:
    """Another request is worked on during the block."""
    waiting = (IDENTIFY, body_of(gate))
    ahead = threading.Thread(target=Caller(stack).post, args=waiting, kwargs={"request_id": request_id})
    ahead.start()
    once(lambda: status(stack, request_id), lambda found: found == "Running")
    yield
    gate.open()
    ahead.join()


@provokes("overloaded", dialect=1)
def test_a_queue_too_long_to_wait_for_is_refused_before_queueing(
    hurried: Caller, impatient_stack: BackgroundStack, slow: Gate, identify_body: dict[str, Any]
) -> None:
    wait_until_idle(impatient_stack, "slow-2")
    with somebody_waits(impatient_stack, slow, "slow-3"):
        response = hurried.post(IDENTIFY, identify_body, request_id="refused")
    found = (
        response.status_code,
        int(response.headers["Retry-After"]) > 0,
        status(impatient_stack, "refused"),
    )
    assert found == (503, True, "None"), response.text


@provokes("overloaded", dialect=2)
def test_a_queue_too_long_to_wait_for_is_refused_where_a_wait_is_preferred(
    hurried: Caller, impatient_stack: BackgroundStack, slow: Gate
) -> None:
    wait_until_idle(impatient_stack, "slow-3")
    modern = V1(impatient_stack, impatient_stack.api_key)
    with somebody_waits(impatient_stack, slow, "slow-4"):
        response = modern.identify(NOISE, NAMES, {"Prefer": "wait=1"})
    assert (response.status_code, int(response.headers["Retry-After"]) > 0) == (503, True), response.text


def set_quota(stack: BackgroundStack, seconds: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "deploy.admin", "quota", seconds],
        env=environment_with(**stack.variables),
        check=True,
    )


@provokes("quota_spent", dialect=1)
def test_a_spent_quota_is_refused(
    stack: BackgroundStack, call: Caller, identify_body: dict[str, Any]
) -> None:
    set_quota(stack, "0")
    response = call.post(IDENTIFY, identify_body)
    set_quota(stack, "none")
    code = response.json()["fault"]["detail"]["errorcode"]
    assert (response.status_code, code) == (402, "rollcall.quota_spent")


@provokes("quota_spent", dialect=2)
def test_a_spent_quota_is_a_problem(stack: BackgroundStack, enrolled: list[str]) -> None:
    set_quota(stack, "0")
    response = V1(stack, stack.api_key).identify(NOISE, enrolled)
    set_quota(stack, "none")
    assert response.status_code == 402, response.text


def set_waiting_jobs(stack: BackgroundStack, number: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "deploy.admin", "policy", "--waiting-jobs", number],
        env=environment_with(**stack.variables),
        check=True,
    )


@pytest.fixture
def none_may_wait(stack: BackgroundStack) -> Iterator[None]:
    """The tenant may have no job waiting."""
    set_waiting_jobs(stack, "0")
    yield
    set_waiting_jobs(stack, "usual")


@provokes("too_many_waiting", dialect=1)
@pytest.mark.usefixtures("none_may_wait")
def test_more_waiting_jobs_than_a_tenant_may_have_are_refused(
    call: Caller, identify_body: dict[str, Any]
) -> None:
    response = call.post("/v2/async/diarization/identify", identify_body, webhook="http://127.0.0.1:9/hook")
    assert (response.status_code, int(response.headers["Retry-After"]) > 0) == (429, True), response.text


@provokes("too_many_waiting", dialect=2)
@pytest.mark.usefixtures("none_may_wait")
def test_a_full_backlog_is_a_problem(stack: BackgroundStack, enrolled: list[str]) -> None:
    response = V1(stack, stack.api_key).identify(NOISE, enrolled)
    assert (response.status_code, int(response.headers["Retry-After"]) > 0) == (429, True), response.text


@pytest.mark.usefixtures("none_may_wait")
def test_a_job_that_was_accepted_is_told_again_though_no_more_may_wait(
    stack: BackgroundStack, enrolled: list[str]
) -> None:
    modern = V1(stack, stack.api_key)
    set_waiting_jobs(stack, "usual")
    first = modern.identify(NOISE, enrolled, {"Idempotency-Key": "full"})
    set_waiting_jobs(stack, "0")
    assert modern.identify(NOISE, enrolled, {"Idempotency-Key": "full"}).json()["id"] == first.json()["id"]


def test_audio_that_was_processed_is_taken_from_the_quota(
    stack: BackgroundStack, call: Caller, identify_body: dict[str, Any]
) -> None:
    set_quota(stack, "1")
    # What other tests used is counted as well, so that this may already be too much.
    call.post(IDENTIFY, identify_body)
    response = call.post(IDENTIFY, identify_body)
    set_quota(stack, "none")
    assert response.status_code == 402
