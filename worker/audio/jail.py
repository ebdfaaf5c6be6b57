"""Run a program on bytes from outside: little memory, little time, no environment, no files to write."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_MEMORY_KIBIBYTES: Final = 1024 * 1024
_OPEN_FILES: Final = 32
_CHUNK_BYTES: Final = 1 << 20

# A shell sets the limits: Python's preexec_fn may deadlock in a process with threads.
_LIMITED: Final = (
    'ulimit -v "$1" && ulimit -t "$2" && ulimit -n "$3" && ulimit -f 0 && ulimit -c 0 && shift 3 && exec "$@"'
)


class JailBroken(Exception):
    """The program failed, or ran into one of its limits."""


class OutputTooLong(Exception):
    """The program wrote more than it may."""


def run_jailed(command: list[str], *, max_output_bytes: int, cpu_seconds: int) -> bytearray:
    """Everything that ``command`` writes to its standard output, under the limits of `stream_jailed`.

    Raises JailBroken or OutputTooLong.
    """
    output = bytearray()

    def keep(chunk: bytes) -> None:
        output.extend(chunk)
        if len(output) > max_output_bytes:
            raise OutputTooLong

    stream_jailed(command, keep, cpu_seconds=cpu_seconds)
    return output


def stream_jailed(command: list[str], sink: Callable[[bytes], None], *, cpu_seconds: int) -> None:
    """Hand ``sink`` what ``command`` writes to its standard output; what it says on the other is dropped.

    It gets 1 GiB of memory, ``cpu_seconds`` of processor time, and twice that by the wall clock. It is
    killed with all its children, also when ``sink`` raises. Raises JailBroken.
    """
    limits = [str(_MEMORY_KIBIBYTES), str(cpu_seconds), str(_OPEN_FILES)]
    child = subprocess.Popen(
        ["/bin/sh", "-c", _LIMITED, "jail", *limits, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    with child:
        try:
            _read(child, sink, time.monotonic() + 2 * cpu_seconds)
        finally:
            _kill_group(child)
    if child.returncode != 0:
        raise JailBroken(f"the program ended with status {child.returncode}")


def _read(child: "subprocess.Popen[bytes]", sink: Callable[[bytes], None], deadline: float) -> None:
    if child.stdout is None:
        raise JailBroken("the program has no output to read")
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(deadline - time.monotonic()):
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
