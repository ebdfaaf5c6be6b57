"""A process that ends by itself is started again, unless that would not help."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kept import keep


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Left as they were: `keep` is for a process that does nothing else."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def ending_well_at(start: int, log: Path) -> list[str]:
    """A command that fails until its so many-th start."""
    return ["sh", "-c", f"echo >> {log}; [ $(wc -l < {log}) -ge {start} ]"]


def starts(log: Path) -> int:
    return len(log.read_text().splitlines())


def test_a_process_that_fails_is_started_again(tmp_path: Path) -> None:
    keep(ending_well_at(6, tmp_path / "log"), steady_seconds=0)
    assert starts(tmp_path / "log") == 6


def test_a_process_that_fails_soon_after_every_start_is_given_up(tmp_path: Path) -> None:
    keep(ending_well_at(6, tmp_path / "log"), steady_seconds=60)
    assert starts(tmp_path / "log") == 3


def test_the_status_of_a_process_that_is_given_up_is_handed_on() -> None:
    assert keep(["sh", "-c", "exit 7"], steady_seconds=60) == 7


def test_a_process_killed_by_a_signal_has_a_shells_status() -> None:
    assert keep(["sh", "-c", "kill -KILL $$"], steady_seconds=60) == 137


def test_a_process_that_is_stopped_is_not_started_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    waiting = ["sh", "-c", f"echo >> {log}; echo here; exec sleep 60"]
    code = f"from deploy.local.kept import keep; raise SystemExit(keep({waiting!r}, 0))"
    kept = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    assert kept.stdout
    kept.stdout.readline()
    os.killpg(kept.pid, signal.SIGTERM)
    kept.wait(10)
    kept.stdout.close()
    assert starts(log) == 1
