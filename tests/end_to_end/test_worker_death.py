"""A worker that dies loses no job."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from client import RollcallClient
from client.service import segments_of
from deploy.demo.conversation import Conversation
from deploy.demo.webhook import Receiver
from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.processes import command_of
from tests.end_to_end.provoking import provokes
from tests.end_to_end.v1 import V1, gate_before, once

pytestmark = pytest.mark.one_machine(
    "it kills children of `make run`; tests/fleet unplugs a host, tests/chaos kills"
)

STALE_SECONDS = 4
FINISHED_SECONDS = 120


@pytest.fixture
def fragile_stack(tmp_path: Path) -> Iterator[BackgroundStack]:
    """A service of the test's own, which notices a lost worker soon."""
    stack = BackgroundStack(
        tmp_path,
        ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
        ROLLCALL_ENROLL_COMPLETE_SECONDS="6",
        ROLLCALL_JOB_STALE_SECONDS=str(STALE_SECONDS),
        ROLLCALL_SWEEP_INTERVAL_SECONDS="1",
    )
    stack.start()
    stack.wait_until_ready()
    yield stack
    stack.stop()


def submit(
    stack: BackgroundStack, conversation: Conversation, voices: dict[str, bytes], receiver: Receiver
) -> None:
    client = RollcallClient(stack.url, stack.api_key)
    for name, voice in voices.items():
        client.enroll(name, voice)
    client.identify_async(conversation.audio, NAMES, receiver.url)


def wait_for_log(stack: BackgroundStack, words: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if words in stack.log.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{words!r} never came; the log ends with:\n{stack.last_words()}")


def model_processes(stack: BackgroundStack) -> list[psutil.Process]:
    """The model worker's parent and child."""
    launched = psutil.Process(stack.pid).children(recursive=True)
    return [process for process in launched if "models@%h" in command_of(process)]


def kill_child(stack: BackgroundStack) -> None:
    parents = {process.pid for process in model_processes(stack)}
    for process in model_processes(stack):
        if process.ppid() in parents:
            process.kill()


def kill_everything_and_start_again(stack: BackgroundStack) -> None:
    processes = [psutil.Process(stack.pid), *psutil.Process(stack.pid).children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=10)
    stack.start()
    stack.wait_until_ready()


@pytest.mark.parametrize("accident", [kill_child, kill_everything_and_start_again])
def test_a_job_whose_worker_is_killed_is_finished(
    fragile_stack: BackgroundStack,
    conversation: Conversation,
    voices: dict[str, bytes],
    receiver: Receiver,
    accident: Callable[[BackgroundStack], None],
) -> None:
    submit(fragile_stack, conversation, voices, receiver)
    wait_for_log(fragile_stack, "kind=identify attempt=1")
    accident(fragile_stack)
    body = receiver.wait(FINISHED_SECONDS)
    assert body, fragile_stack.last_words()
    assert {segment.speaker_id for segment in segments_of(body["response"])} == set(NAMES)


@pytest.fixture
def one_attempt_stack(tmp_path: Path) -> Iterator[BackgroundStack]:
    """A service that starts a job only once."""
    stack = BackgroundStack(
        tmp_path,
        ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
        ROLLCALL_JOB_ATTEMPTS="1",
        ROLLCALL_JOB_STALE_SECONDS=str(STALE_SECONDS),
        ROLLCALL_SWEEP_INTERVAL_SECONDS="1",
    )
    stack.start()
    stack.wait_until_ready()
    yield stack
    stack.stop()


@provokes("worker_lost", dialect=1)
@provokes("worker_lost", dialect=2)
def test_a_job_that_killed_its_worker_so_often_as_is_allowed_fails(
    one_attempt_stack: BackgroundStack,
) -> None:
    modern = V1(one_attempt_stack, one_attempt_stack.api_key)
    with gate_before(b"") as gate, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(Caller(one_attempt_stack).post, "/v2/sync/diarize", {"url": gate.url})
        wait_for_log(one_attempt_stack, "kind=diarize attempt=1")
        kill_child(one_attempt_stack)
        job_id = once(lambda: modern.get("/v1/jobs").json()["items"], bool)[0]["id"]
        answers = [modern.ended(job_id)["error"]["code"], waiting.result().status_code]
    assert answers == ["worker_lost", 500]


def test_a_stop_during_a_job_gives_it_back(
    fragile_stack: BackgroundStack, conversation: Conversation, voices: dict[str, bytes], receiver: Receiver
) -> None:
    submit(fragile_stack, conversation, voices, receiver)
    wait_for_log(fragile_stack, "kind=identify attempt=1")
    fragile_stack.stop()
    with closing(sqlite3.connect(fragile_stack.data_dir / "rollcall.db")) as database:
        query = "SELECT state, attempts FROM jobs WHERE kind = 'identify'"
        assert database.execute(query).fetchall() == [("queued", 0)], fragile_stack.last_words()


def test_a_job_that_was_given_back_is_finished_after_the_restart(
    fragile_stack: BackgroundStack, conversation: Conversation, voices: dict[str, bytes], receiver: Receiver
) -> None:
    submit(fragile_stack, conversation, voices, receiver)
    wait_for_log(fragile_stack, "kind=identify attempt=1")
    fragile_stack.stop()
    fragile_stack.start()
    assert receiver.wait(FINISHED_SECONDS), fragile_stack.last_words()


def test_a_killed_redis_is_started_again(
    fragile_stack: BackgroundStack, conversation: Conversation, voices: dict[str, bytes], receiver: Receiver
) -> None:
    for process in psutil.Process(fragile_stack.pid).children(recursive=True):
        if any(Path(word).name.startswith("valkey") for word in command_of(process)[:1]):
            process.kill()
    submit(fragile_stack, conversation, voices, receiver)
    assert receiver.wait(FINISHED_SECONDS), fragile_stack.last_words()
