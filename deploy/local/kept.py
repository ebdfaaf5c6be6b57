"""Starts a process again that ended by itself: a laptop has no orchestrator that would.

Celery, for one, gives up when Redis goes while it takes leave of it. A process that ends soon after every
start would go on so: its exit status is handed on, and the launcher says so and stops.
"""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

STEADY_SECONDS = 10
MOST_EARLY_ENDS = 3


class _Stop:
    """Whether somebody asked for the end. The signal went to the group, so the process has it as well."""

    def __init__(self) -> None:
        self.is_asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.is_asked = True


def keep(command: Sequence[str], steady_seconds: float = STEADY_SECONDS) -> int:
    """Run ``command`` until it ends well or is stopped, or failed thrice in a row within ``steady_seconds``.

    Returns its exit status, as a shell has it.
    """
    stop, early_ends = _Stop(), 0
    while True:
        started = time.monotonic()
        returncode = subprocess.Popen(command).wait()
        early_ends = early_ends + 1 if time.monotonic() - started < steady_seconds else 0
        if stop.is_asked or returncode == 0 or early_ends == MOST_EARLY_ENDS:
            return returncode if returncode >= 0 else 128 - returncode
        print(f"ended by itself (status {returncode}), and is started again", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(keep(shlex.split(sys.argv[1])))
