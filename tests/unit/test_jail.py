"""What a program in the jail cannot do, in every kind of cell that this machine has."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import psutil
import pytest

from worker.audio.cells import BARE, Cell, cells
from worker.audio.ffmpeg import strongest_cell
from worker.audio.jail import JailBroken, OutputTooLong, run_jailed

MEGABYTE = 1 << 20
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SHELL = "/bin/sh"
# Bubblewrap may be there and not work; what works is what the decoder would use.
STRONG = [cell for cell in cells() if cell.syscalls and not (cell.bwrap and cell != strongest_cell(FFMPEG))]
CLOSED = [cell for cell in STRONG if cell.readable]
in_every_cell = pytest.mark.parametrize("cell", [*STRONG, BARE], ids=lambda cell: cell.name)
in_a_strong_cell = pytest.mark.parametrize("cell", STRONG, ids=lambda cell: cell.name)
in_a_closed_cell = pytest.mark.parametrize("cell", CLOSED, ids=lambda cell: cell.name)


def jailed(script: str, cell: Cell, *, max_output_bytes: int = MEGABYTE, cpu_seconds: int = 5) -> bytes:
    """What a shell writes. It has nothing but its own words: in a strong cell it can start nothing."""
    command = [SHELL, "-c", script]
    return bytes(run_jailed(command, max_output_bytes=max_output_bytes, cpu_seconds=cpu_seconds, cell=cell))


@pytest.fixture
def silent_pipe() -> Iterator[int]:
    """A descriptor on which nothing ever arrives."""
    reader, writer = os.pipe()
    yield reader
    os.close(reader)
    os.close(writer)


@in_every_cell
def test_its_output_comes_back_whole(cell: Cell) -> None:
    assert jailed("printf one; printf two", cell) == b"onetwo"


@in_every_cell
def test_it_reads_what_it_is_given(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(b"recording\n")
    with (tmp_path / "given").open("rb") as given:
        command = [SHELL, "-c", 'read line && printf "$line"']
        output = run_jailed(command, max_output_bytes=99, cpu_seconds=5, given=given.fileno(), cell=cell)
    assert output == b"recording"


@in_every_cell
def test_it_sees_nothing_of_the_environment(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_BOOTSTRAP_API_KEY", "secret")
    assert b"secret" not in jailed("export -p; set", cell)


@in_every_cell
def test_it_writes_no_files(cell: Cell, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(JailBroken):
        jailed(f"printf something > {tmp_path / 'file'}", cell)


@in_every_cell
def test_its_failure_is_told(cell: Cell) -> None:
    with pytest.raises(JailBroken):
        jailed("printf output; exit 3", cell)


@in_every_cell
def test_its_output_is_bounded(cell: Cell) -> None:
    with pytest.raises(OutputTooLong):
        jailed("while :; do printf yes; done", cell, max_output_bytes=1000)


@in_every_cell
def test_it_has_little_memory(cell: Cell) -> None:
    with pytest.raises(JailBroken):
        jailed("x=xxxxxxxx; while :; do x=$x$x; done", cell, cpu_seconds=20)


@in_every_cell
def test_it_opens_few_files(cell: Cell) -> None:
    assert int(jailed("ulimit -n", cell)) <= 32


@in_every_cell
def test_it_leaves_no_dump_of_its_memory(cell: Cell) -> None:
    assert int(jailed("ulimit -c", cell)) == 0


@in_every_cell
def test_it_ends_when_it_has_computed_long_enough(cell: Cell) -> None:
    began = time.monotonic()
    with pytest.raises(JailBroken):
        jailed("while :; do :; done", cell, cpu_seconds=1)
    assert time.monotonic() - began < 10


@in_every_cell
def test_it_ends_when_it_has_waited_long_enough(cell: Cell, silent_pipe: int) -> None:
    began = time.monotonic()
    with pytest.raises(JailBroken):
        run_jailed([SHELL, "-c", "read x"], max_output_bytes=9, cpu_seconds=1, given=silent_pipe, cell=cell)
    assert time.monotonic() - began < 10


def test_it_ends_though_it_writes_without_a_pause() -> None:
    began = time.monotonic()
    # Sixty seconds at the speed of a clock: next to no computing, and always something to read.
    source = ("-re", "-f", "lavfi", "-i", "anullsrc=d=60")
    with pytest.raises(JailBroken):
        run_jailed([FFMPEG, *source, "-f", "s16le", "pipe:1"], max_output_bytes=1 << 30, cpu_seconds=1)
    assert time.monotonic() - began < 10


def test_its_children_end_with_it() -> None:
    with pytest.raises(OutputTooLong):
        jailed("sleep 86399 & yes", BARE, max_output_bytes=1000)
    time.sleep(0.2)
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "86399"]]


@in_a_strong_cell
def test_it_starts_no_process(cell: Cell) -> None:
    with pytest.raises(JailBroken):
        jailed("(printf child)", cell)


@in_a_strong_cell
def test_it_sends_no_signals(cell: Cell) -> None:
    with pytest.raises(JailBroken):
        jailed(f"kill -0 {os.getpid()}", cell)


@in_a_strong_cell
def test_it_reaches_no_network(cell: Cell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(JailBroken):
            run_jailed(
                [FFMPEG, "-f", "s16le", "-i", address, "-f", "null", "-"],
                max_output_bytes=9,
                cpu_seconds=5,
                cell=cell,
            )
        with pytest.raises(TimeoutError):
            server.accept()


@in_a_closed_cell
@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", pytest.param(f"/proc/{os.getpid()}/environ", id="environment"), __file__],
)
def test_it_reads_no_other_file(cell: Cell, path: str) -> None:
    with pytest.raises(JailBroken):
        jailed(f"read line < {path}", cell)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be given up")
@in_a_strong_cell
def test_it_is_not_root(cell: Cell) -> None:
    with pytest.raises(JailBroken):
        # What only its owner may read.
        jailed("read line < /etc/shadow", cell)


@pytest.mark.parametrize(
    "script",
    ["(printf child)", pytest.param(f"kill -0 {os.getpid()}", id="kill"), "read line < /etc/passwd"],
)
def test_what_a_strong_cell_forbids_would_work_without_it(script: str) -> None:
    jailed(script, BARE)
