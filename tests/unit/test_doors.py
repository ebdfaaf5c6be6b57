"""A door of the jail that was open before the recording came locks in as one that opens for it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.unit.test_jail import SHELL, in_every_cell
from worker.audio.cells import Cell
from worker.audio.jail import DOORS, JailBroken, run_jailed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="doors wait on Linux only")
PATIENCE_SECONDS = 10


@pytest.fixture
def given(tmp_path: Path) -> Iterator[int]:
    """A recording, opened."""
    (tmp_path / "given").write_bytes(b"recording\n")
    with (tmp_path / "given").open("rb") as file:
        yield file.fileno()


def waiting() -> list[psutil.Process]:
    """The doors that wait."""
    return [one for one in psutil.Process().children() if "--wait" in one.cmdline()]


@pytest.fixture
def door() -> psutil.Process:
    """A door that is ready."""
    DOORS.prepare()
    return waiting()[0]


def entered(script: str, given: int, cell: Cell) -> bytes:
    return bytes(
        run_jailed([SHELL, "-c", script], max_output_bytes=999, cpu_seconds=5, given=given, cell=cell)
    )


@in_every_cell
def test_who_enters_reads_what_he_is_given(door: psutil.Process, given: int, cell: Cell) -> None:
    assert entered('read line && printf "$line"', given, cell) == b"recording"


@in_every_cell
def test_who_enters_is_the_process_that_waited(door: psutil.Process, given: int, cell: Cell) -> None:
    if not cell.bwrap:
        assert entered("printf $$", given, cell) == str(door.pid).encode()


@in_every_cell
def test_who_enters_has_limits(door: psutil.Process, given: int, cell: Cell) -> None:
    assert entered("ulimit -v; ulimit -t; ulimit -n", given, cell).split() == [b"1048576", b"5", b"32"]


@in_every_cell
def test_who_enters_has_no_other_file(door: psutil.Process, given: int, cell: Cell) -> None:
    script = 'for n in 3 4 5 6 7 8 9; do eval "command : <&$n" && printf "$n "; done; printf none'
    assert entered(script, given, cell) == b"none"


def test_a_recording_that_comes_at_once_is_read(given: int) -> None:
    DOORS.prepare()
    assert entered('read line && printf "$line"', given, Cell("limits")) == b"recording"


def test_a_door_that_broke_is_not_missed(door: psutil.Process, given: int) -> None:
    door.kill()
    door.wait(PATIENCE_SECONDS)
    try:
        output = entered('read line && printf "$line"', given, Cell("limits"))
    except JailBroken:
        pytest.fail("the recording met a door that was broken")
    assert output == b"recording"


def test_a_door_that_is_gone_is_replaced(door: psutil.Process) -> None:
    door.kill()
    psutil.wait_procs([door], timeout=10)
    DOORS.prepare()
    assert waiting()


def test_a_door_ends_with_whoever_prepared_it() -> None:
    script = (
        "import os, psutil\n"
        "from worker.audio.jail import DOORS\n"
        "DOORS.prepare()\n"
        "print(psutil.Process().children()[0].pid, flush=True)\n"
        "os._exit(0)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _lives(int(run.stdout)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(int(run.stdout))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
