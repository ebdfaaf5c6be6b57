"""Time and memory of one call, measured in this process while it runs."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True)
class Ended:
    """How a call ended: its outcome, after how long, and by how much the process had grown at its largest."""

    outcome: str
    seconds: float
    growth_bytes: int


def measured(call: Callable[[], str]) -> Ended:
    """Run a call. The growth is that of the whole process, with the other side of the connection."""
    gc.collect()
    before_bytes = _reset_peak()
    started = time.monotonic()
    outcome = call()
    return Ended(outcome, time.monotonic() - started, _status("VmHWM") - before_bytes)


def _reset_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
