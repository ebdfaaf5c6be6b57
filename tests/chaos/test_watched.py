"""What is counted and traced of real processes, also when one of them is killed."""

import base64
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.chaos.fleet import Fleet, running_fleet
from tests.collector import Collector, otlp_collector
from tests.end_to_end.v1 import hook_answering, once
from tests.unit.sounds import click, write_wav

DIARIZE = "/audio/generic/api/v2/async/diarize"
FINISHED = 'rollcall_jobs_finished_total{kind="diarize",state="succeeded"}'


class Watched:
    """A fleet with one worker, and the collector of its traces."""

    def __init__(self, fleet: Fleet, collector: Collector, folder: Path) -> None:
        self.fleet, self.collector = fleet, collector
        self._audio = base64.b64encode(write_wav(folder / "talk.wav", click()).read_bytes()).decode()

    def diarized(self) -> None:
        """Have a job done, to its webhook."""
        body = {"encoding": "WAV", "sampleRate": 16000, "languageCode": "en-US", "content": self._audio}
        with hook_answering(204) as hook:
            answer = requests.post(
                self.fleet.url + DIARIZE,
                params={"webhook": hook.url},
                json=body | {"speakers": 1},
                headers=self.fleet.headers,
                timeout=10,
            )
            assert answer.status_code == 202, answer.text
            hook.wait()

    def number_finished(self) -> float:
        """What the worker says that it has done."""
        text = requests.get(f"http://127.0.0.1:{self.fleet.metrics_ports['worker0']}", timeout=10).text
        return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(FINISHED)), 0)

    def child(self) -> psutil.Process:
        """The process that works on jobs."""
        return once(self.fleet.workers[0].children, bool)[0]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    with (
        otlp_collector() as collector,
        running_fleet(folder, workers=1, ROLLCALL_OTLP_ENDPOINT=collector.url) as fleet,
    ):
        yield Watched(fleet, collector, folder)


def test_request_job_and_webhook_of_three_processes_are_one_trace(watched: Watched) -> None:
    watched.diarized()
    wanted = {f"POST {DIARIZE}", "diarize", "deliver"}
    spans = once(
        lambda: [span for span in watched.collector.spans if span.name in wanted],
        lambda found: {span.name for span in found} == wanted,
    )
    assert (len({span.trace_id for span in spans}), {span.service for span in spans}) == (
        1,
        {"rollcall-gateway", "rollcall-worker"},
    )


@pytest.fixture(scope="module")
def replaced(watched: Watched) -> tuple[float, psutil.Process]:
    """What was counted before the working process was killed, and the one that has taken its place."""
    watched.diarized()
    before = once(watched.number_finished, bool)
    killed = watched.child()
    os.kill(killed.pid, signal.SIGKILL)
    return before, once(watched.child, lambda child: child.pid != killed.pid)


def test_what_a_killed_process_has_counted_stays_and_its_successor_adds(
    watched: Watched, replaced: tuple[float, psutil.Process]
) -> None:
    watched.diarized()
    assert once(watched.number_finished, lambda number: number > replaced[0]) == replaced[0] + 1


def test_its_successor_listens_on_no_port(watched: Watched, replaced: tuple[float, psutil.Process]) -> None:
    watched.diarized()
    connections = replaced[1].net_connections("inet")
    assert [one.laddr for one in connections if one.status == psutil.CONN_LISTEN] == []
