"""A worker whose main process is stopped, as Docker and Kubernetes do it: its job ends, or is handed back."""

import base64
import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from shared.store.schema import Job
from tests.chaos.fleet import Fleet, running_fleet
from tests.chaos.submitting import DIARIZE, TONE
from tests.end_to_end.v1 import V1, Gate, gate_before, once

DRAIN_SECONDS = 5
# What is left at least until compose or Kubernetes would kill the process.
HANDING_BACK_SECONDS = 30
RECORDING = base64.b64decode(TONE)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """One worker with a stand-in for its models; all else is real."""
    folder = tmp_path_factory.mktemp("drain")
    with running_fleet(folder, workers=1, ROLLCALL_DRAIN_SECONDS=str(DRAIN_SECONDS)) as running:
        yield running


def begin(fleet: Fleet, gate: Gate) -> str:
    """A job that the worker is at until the gate opens; its id."""
    fleet.wait_until_ready()
    modern = V1(fleet, fleet.api_key)  # type: ignore[arg-type]
    job_id = modern.post(DIARIZE, params={"webhook": gate.url}, json={"url": gate.url}).json()["request_id"]
    modern.job_once(job_id, lambda job: job["status"] == "running")
    return str(job_id)


def stop(fleet: Fleet) -> psutil.Process:
    """SIGTERM for the worker's main process alone; its supervisor starts another once it has ended."""
    main = psutil.Process(fleet.workers[0].pid)
    os.kill(main.pid, signal.SIGTERM)
    return main


def row(fleet: Fleet, job_id: str) -> tuple[str, int]:
    """What the ledger says of a job: its state, and how often it was started."""
    store = fleet.store()
    with store.reading() as session:
        job = session.get_one(Job, job_id)
    store.close()
    return job.state, job.attempts


def test_a_job_that_ends_in_time_is_finished_by_the_worker_that_is_stopped(fleet: Fleet) -> None:
    with gate_before(RECORDING) as gate:
        job_id = begin(fleet, gate)
        stopped = stop(fleet)
        gate.open()
        stopped.wait(DRAIN_SECONDS + HANDING_BACK_SECONDS)
    assert (row(fleet, job_id), "job_given_back" in fleet.log.read_text()) == (("succeeded", 1), False)


def test_a_job_that_does_not_end_in_time_is_handed_back_and_done_again(fleet: Fleet) -> None:
    with gate_before(RECORDING) as gate:
        job_id = begin(fleet, gate)
        stop(fleet).wait(DRAIN_SECONDS + HANDING_BACK_SECONDS)
        assert "event=job_given_back" in fleet.log.read_text()
        gate.open()
        assert once(lambda: row(fleet, job_id), lambda now: now[0] == "succeeded") == ("succeeded", 1)
