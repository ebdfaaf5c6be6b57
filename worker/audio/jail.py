"""Run a program on bytes from outside: little memory, little time, no environment, no files to write."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from worker.audio.cells import BARE, Cell
from worker.audio.doors import Doors

_CHUNK_BYTES: Final = 1 << 20
DOORS: Final = Doors()
"""Of this process; only one that decodes again and again prepares them."""


class JailBroken(Exception):
    """The program failed, or ran into one of its limits."""


class OutputTooLong(Exception):
    """The program wrote more than it may."""


class Output:
    """Keeps what a program writes; a call with more than ``max_bytes`` in all raises OutputTooLong."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.content = bytearray()

    def __call__(self, chunk: bytes) -> None:
        self.content += chunk
        if len(self.content) > self._max_bytes:
            raise OutputTooLong


def run_jailed(
    command: list[str],
    *,
    max_output_bytes: int,
    cpu_seconds: int,
    given: int = subprocess.DEVNULL,
    cell: Cell = BARE,
) -> bytearray:
    """Everything that ``command`` writes to its standard output, under the limits of `stream_jailed`.

    Raises JailBroken or OutputTooLong.
    """
    output = Output(max_output_bytes)
    stream_jailed(command, output, cpu_seconds=cpu_seconds, given=given, cell=cell)
    return output.content


def stream_jailed(
    command: list[str],
    sink: Callable[[bytes], None],
    *,
    cpu_seconds: int,
    given: int = subprocess.DEVNULL,
    cell: Cell = BARE,
) -> None:
    """Hand ``sink`` what ``command`` writes to its standard output; what it says on the other is dropped.

    ``given`` is the descriptor of its standard input, the only file it needs. It gets 1 GiB of memory,
    ``cpu_seconds`` of processor time, and twice that by the wall clock. It is killed with all its
    children, also when ``sink`` raises, and where the kernel can, when this thread ends. Raises JailBroken.
    """
    with _entered(command, cpu_seconds, given, cell) as child:
        try:
            _read(child, sink, time.monotonic() + 2 * cpu_seconds)
        finally:
            _kill_group(child)
    if child.returncode != 0:
        raise JailBroken(f"the program ended with status {child.returncode}")


def _entered(command: list[str], cpu_seconds: int, given: int, cell: Cell) -> "subprocess.Popen[bytes]":
    waiting = DOORS.entered(cell.arguments(command, cpu_seconds=cpu_seconds), given) if given >= 0 else None
    return waiting or subprocess.Popen(
        cell.entering(command, cpu_seconds=cpu_seconds),
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )


def _read(child: "subprocess.Popen[bytes]", sink: Callable[[bytes], None], deadline: float) -> None:
    if child.stdout is None:
        raise JailBroken("the program has no output to read")
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        # Asked before each piece: one who never stops writing never lets the selector wait.
        while (left_seconds := deadline - time.monotonic()) > 0 and selector.select(left_seconds):
            chunk = os.read(child.stdout.fileno(), _CHUNK_BYTES)
            if not chunk:
                _wait(child, deadline)
                return
            sink(chunk)
    raise JailBroken("the program took too long")


def _wait(child: "subprocess.Popen[bytes]", deadline: float) -> None:
    try:
        child.wait(max(1.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise JailBroken("the program closed its output and went on") from None


def _kill_group(child: "subprocess.Popen[bytes]") -> None:
    # Once it was waited for, its number may belong to somebody else.
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
