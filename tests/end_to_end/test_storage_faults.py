"""Disks that are full, audio that is gone, jobs that take too long, workers that take no jobs."""

import resource
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from deploy.demo.webhook import Receiver
from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import Caller
from tests.end_to_end.processes import command_of
from tests.end_to_end.provoking import provokes
from tests.end_to_end.serving import blobs
from tests.end_to_end.v1 import NOISE, V1, Gate, encoded, gate_before, once, samples_of

pytestmark = pytest.mark.one_machine("it fills, locks and searches the folder of one data dir")

STALE_SECONDS = 3
LIMIT_SECONDS = 8
ROOM_BYTES = 64 * 1024
LARGE = NOISE * 100
STATUS = "/transaction/generic/api/v1/async/status"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundStack]:
    """A service that loses patience soon."""
    stack = BackgroundStack(
        tmp_path_factory.mktemp("strict"),
        TMPDIR=str(tmp_path_factory.mktemp("scratch")),
        ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
        ROLLCALL_JOB_STALE_SECONDS=str(STALE_SECONDS),
        ROLLCALL_JOB_TIME_LIMIT_SECONDS=str(LIMIT_SECONDS),
        ROLLCALL_SWEEP_INTERVAL_SECONDS="1",
        ROLLCALL_ORPHAN_SECONDS="1",
    )
    stack.start()
    stack.wait_until_ready()
    yield stack
    stack.stop()


@pytest.fixture
def modern(strict: BackgroundStack) -> V1:
    """Dialect 2."""
    return V1(strict, strict.api_key)


@pytest.fixture
def retired(strict: BackgroundStack) -> Caller:
    """Dialect 1."""
    return Caller(strict)


def processes(stack: BackgroundStack, word: str) -> list[psutil.Process]:
    launched = psutil.Process(stack.pid).children(recursive=True)
    return [process for process in launched if word in command_of(process)]


@contextmanager
def no_room(stack: BackgroundStack, room_bytes: int = ROOM_BYTES) -> Iterator[None]:
    """The gateway cannot write files larger than this, as if the disk were full."""
    gateways = [process.pid for process in processes(stack, "api.main:app")]
    for pid in gateways:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (room_bytes, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid in gateways:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


# No room


@provokes("storage_unavailable", dialect=2)
def test_audio_that_finds_no_room_is_refused_for_now(strict: BackgroundStack, modern: V1) -> None:
    with no_room(strict):
        response = modern.post("/v1/speakers/nobody/samples", files={"file": LARGE})
    assert (response.status_code, "Retry-After" in response.headers) == (503, True)


@provokes("storage_unavailable", dialect=1)
def test_audio_that_finds_no_room_is_refused_in_dialect_1(strict: BackgroundStack, retired: Caller) -> None:
    body = {"encoding": "WAV", "content": encoded(LARGE)}
    with no_room(strict):
        assert retired.post("/v2/sync/diarize", body).status_code == 503


def test_audio_that_finds_no_room_leaves_nothing(strict: BackgroundStack, modern: V1) -> None:
    before = blobs(strict)
    with no_room(strict):
        modern.post("/v1/speakers/nobody/samples", files={"file": LARGE})
    assert blobs(strict) == before


def test_a_service_that_has_room_again_goes_on(strict: BackgroundStack, modern: V1) -> None:
    with no_room(strict):
        modern.post("/v1/speakers/nobody/samples", files={"file": LARGE})
    assert modern.post("/v1/speakers/nobody/samples", files={"file": LARGE}).status_code == 202


def test_a_ledger_that_finds_no_room_is_said_to_take_no_more(strict: BackgroundStack, modern: V1) -> None:
    with gate_before(NOISE) as gate, no_room(strict, 0):
        response = modern.post(samples_of("nobody"), json={"url": gate.url})
    assert (response.status_code, response.json()["code"]) == (503, "overloaded")


def test_a_ledger_that_is_locked_for_a_moment_is_waited_for(strict: BackgroundStack, modern: V1) -> None:
    with closing(sqlite3.connect(strict.data_dir / "rollcall.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(modern.doomed)
            time.sleep(1)
            database.execute("ROLLBACK")
            assert modern.ended(waiting.result()["id"])["status"] == "failed"


# Audio that is gone, and audio that is left


def running(modern: V1, gate: Gate) -> str:
    """A job that runs until the gate is open."""
    job_id = modern.post(samples_of("nobody"), json={"url": gate.url}).json()["id"]
    modern.job_once(job_id, lambda job: job["status"] == "running")
    return str(job_id)


def job_whose_audio_is_gone(strict: BackgroundStack, modern: V1, webhook: str) -> str:
    """A job whose audio was deleted while it waited for another to end."""
    with gate_before(NOISE) as gate:
        running(modern, gate)
        waiting = modern.doomed(webhook=webhook)["id"]
        for path in (strict.data_dir / "blobs").rglob(waiting):
            path.unlink()
    return str(waiting)


@provokes("audio_lost", dialect=2)
def test_a_job_whose_audio_is_gone_says_so(strict: BackgroundStack, modern: V1, receiver: Receiver) -> None:
    job_id = job_whose_audio_is_gone(strict, modern, receiver.url)
    assert modern.ended(job_id)["error"]["code"] == "audio_lost"


@provokes("audio_lost", dialect=1)
def test_a_job_whose_audio_is_gone_says_so_in_dialect_1(
    strict: BackgroundStack, modern: V1, retired: Caller, receiver: Receiver
) -> None:
    with gate_before(NOISE) as gate:
        query = {"webhook": receiver.url, "request_id": "gone"}
        running(modern, gate)
        retired.post("/v2/async/diarize", {"encoding": "WAV", "content": encoded(NOISE)}, **query)
        for name in blobs(strict):
            next((strict.data_dir / "blobs").rglob(name)).unlink()
    assert once(lambda: status(strict, "gone"), lambda seen: seen["status"] == "Failed")


def status(stack: BackgroundStack, request_id: str) -> dict[str, object]:
    response = requests.get(
        stack.url + STATUS,
        params={"request_id": request_id},
        headers={"X-API-Key": stack.api_key},
        timeout=30,
    )
    return dict(response.json())


@pytest.mark.parametrize("name", ["without-a-job", "half-written.part"])
def test_audio_that_no_job_has_is_deleted(strict: BackgroundStack, name: str) -> None:
    orphan = strict.data_dir / "blobs" / "tenant" / name
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(NOISE)
    once(orphan.exists, lambda exists: not exists)


def test_audio_of_a_job_that_waits_is_not_deleted(
    strict: BackgroundStack, modern: V1, receiver: Receiver
) -> None:
    orphan = strict.data_dir / "blobs" / "tenant" / "orphan"
    with gate_before(NOISE) as gate:
        running(modern, gate)
        waiting = modern.doomed(webhook=receiver.url)["id"]
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_bytes(NOISE)
        # Once the one that is not needed is gone, all have been looked at.
        once(orphan.exists, lambda exists: not exists)
        kept = waiting in blobs(strict)
    assert kept


# Too long, and not at all


@provokes("time_limit_exceeded", dialect=2)
def test_a_job_that_takes_too_long_fails(modern: V1) -> None:
    with gate_before(NOISE) as gate:
        assert modern.ended(running(modern, gate))["error"]["code"] == "time_limit_exceeded"


@provokes("time_limit_exceeded", dialect=1)
def test_a_job_that_takes_too_long_fails_in_dialect_1(retired: Caller) -> None:
    with gate_before(NOISE) as gate:
        assert retired.post("/v2/sync/diarize", {"encoding": "WAV", "url": gate.url}).status_code == 500


@contextmanager
def deaf_worker(stack: BackgroundStack) -> Iterator[None]:
    """The model worker's parent takes no messages; its child is well and says so."""
    workers = processes(stack, "models@%h")
    pids = {process.pid for process in workers}
    (parent,) = (process for process in workers if process.ppid() not in pids)
    parent.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        parent.send_signal(signal.SIGCONT)


def test_a_worker_that_takes_no_jobs_makes_the_service_not_ready(strict: BackgroundStack, modern: V1) -> None:
    def ready() -> dict[str, object]:
        return dict(requests.get(f"{strict.url}/readyz", timeout=5).json())

    with deaf_worker(strict):
        job_id = modern.doomed()["id"]
        seen = once(ready, lambda answer: answer["status"] != "ready")
    modern.ended(job_id)
    after = once(ready, lambda answer: answer["status"] == "ready")
    checks = [answer["checks"] for answer in (seen, after)]
    assert checks == [{"database": True, "redis": True, "worker": well} for well in (False, True)]


def test_a_killed_job_leaves_no_temporary_files(strict: BackgroundStack, modern: V1) -> None:
    with gate_before(NOISE) as gate:
        job_id = running(modern, gate)
        workers = processes(strict, "models@%h")
        pids = {process.pid for process in workers}
        for process in workers:
            if process.ppid() in pids:
                process.kill()
    modern.ended(job_id)
    assert list(Path(strict.variables["TMPDIR"]).rglob("job-*")) == []
