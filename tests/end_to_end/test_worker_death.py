"""A worker that dies loses no job."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from client import RollcallClient
from deploy.demo.conversation import Conversation
from deploy.demo.webhook import Receiver, webhook_receiver
from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.processes import command_of
from tests.end_to_end.provoking import provokes
from tests.end_to_end.v1 import V1, gate_before, once, speakers_of

pytestmark = pytest.mark.one_machine(
    "it kills children of `make run`; tests/fleet unplugs a host, tests/chaos kills"
)

STALE_SECONDS = 4
FINISHED_SECONDS = 120


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory, voices: dict[str, bytes]) -> Iterator[BackgroundStack]:
    """A service that notices a lost worker soon, and knows both people."""
    stack = BackgroundStack(
        tmp_path_factory.mktemp("fragile"),
        ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
        ROLLCALL_ENROLL_COMPLETE_SECONDS="6",
        ROLLCALL_JOB_STALE_SECONDS=str(STALE_SECONDS),
        ROLLCALL_SWEEP_INTERVAL_SECONDS="1",
    )
    stack.start()
    stack.wait_until_ready()
    client = RollcallClient(stack.url, stack.api_key)
    for name, voice in voices.items():
        client.enroll(name, voice)
    yield stack
    stack.stop()


@contextmanager
def an_identification(
    stack: BackgroundStack, conversation: Conversation, receiver: Receiver
) -> Iterator[None]:
    """The block runs while a worker is at it."""
    begun = "kind=identify attempt=1"
    before = stack.log.read_text().count(begun)
    client = RollcallClient(stack.url, stack.api_key)
    client.submit_identification(conversation.audio, NAMES, webhook=receiver.url)
    once(lambda: stack.log.read_text().count(begun), lambda count: count > before)
    yield


def model_processes(stack: BackgroundStack) -> list[psutil.Process]:
    """The model worker's parent and child."""
    launched = psutil.Process(stack.pid).children(recursive=True)
    return [process for process in launched if "models@%h" in command_of(process)]


def kill_child(stack: BackgroundStack) -> None:
    parents = {process.pid for process in model_processes(stack)}
    for process in model_processes(stack):
        if process.ppid() in parents:
            process.kill()


def kill_parent(stack: BackgroundStack) -> None:
    processes = model_processes(stack)
    pids = {process.pid for process in processes}
    for process in processes:
        if process.ppid() not in pids:
            process.kill()


def kill_everything_and_start_again(stack: BackgroundStack) -> None:
    processes = [psutil.Process(stack.pid), *psutil.Process(stack.pid).children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=10)
    stack.start()
    stack.wait_until_ready()


@pytest.mark.parametrize("accident", [kill_child, kill_parent, kill_everything_and_start_again])
def test_a_job_whose_worker_is_killed_is_finished(
    fragile: BackgroundStack,
    conversation: Conversation,
    receiver: Receiver,
    accident: Callable[[BackgroundStack], None],
) -> None:
    with an_identification(fragile, conversation, receiver):
        accident(fragile)
    body = receiver.wait(FINISHED_SECONDS)
    assert body, fragile.last_words()
    assert speakers_of(body["data"]) == set(NAMES)


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
        once(one_attempt_stack.log.read_text, lambda log: "kind=diarize attempt=1" in log)
        kill_child(one_attempt_stack)
        job_id = once(lambda: modern.get("/v1/jobs").json()["items"], bool)[0]["id"]
        answers = [modern.ended(job_id)["error"]["code"], waiting.result().status_code]
    assert answers == ["worker_lost", 500]


@pytest.fixture(scope="module")
def stopped(
    fragile: BackgroundStack, conversation: Conversation
) -> Iterator[tuple[BackgroundStack, Receiver, list[Any]]]:
    """The service, stopped during a job and started again; who waits for that job; its row in between."""
    with webhook_receiver() as receiver:
        with an_identification(fragile, conversation, receiver):
            fragile.stop()
        with closing(sqlite3.connect(fragile.data_dir / "rollcall.db")) as database:
            query = (
                "SELECT state, attempts FROM jobs WHERE kind = 'identify' ORDER BY created_at DESC LIMIT 1"
            )
            row = list(database.execute(query).fetchone())
        fragile.start()
        fragile.wait_until_ready()
        yield fragile, receiver, row


def test_a_stop_during_a_job_gives_it_back(stopped: tuple[BackgroundStack, Receiver, list[Any]]) -> None:
    stack, _, row = stopped
    assert row == ["queued", 0], stack.last_words()


def test_a_job_that_was_given_back_is_finished_after_the_restart(
    stopped: tuple[BackgroundStack, Receiver, list[Any]],
) -> None:
    stack, receiver, _ = stopped
    assert receiver.wait(FINISHED_SECONDS), stack.last_words()


def test_a_killed_redis_is_started_again(
    fragile: BackgroundStack, conversation: Conversation, receiver: Receiver
) -> None:
    for process in psutil.Process(fragile.pid).children(recursive=True):
        if any(Path(word).name.startswith("valkey") for word in command_of(process)[:1]):
            process.kill()
    client = RollcallClient(fragile.url, fragile.api_key)
    client.submit_identification(conversation.audio, NAMES, webhook=receiver.url)
    assert receiver.wait(FINISHED_SECONDS), fragile.last_words()
