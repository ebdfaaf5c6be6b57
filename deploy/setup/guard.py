"""Runs one program, and ends it with all that it started as soon as set-up is gone, killed or not.

venv and pip start programs of their own, which outlive them and would go on writing into the environment
while the next set-up makes it anew. So set-up starts this file in a process group of its own, and holds the
other end of its stdin. However set-up ends, the system closes that end; then the whole group is killed, this
program included. It holds set-up's lock until that moment, so the next run cannot start earlier.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

_SECONDS_BETWEEN_LOOKS = 0.05


def main(command: list[str]) -> int:
    """Run the command to its end and return its exit status, or end everything when stdin closes."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    while program.poll() is None:
        closed, _, _ = select.select([sys.stdin], [], [], _SECONDS_BETWEEN_LOOKS)
        if closed:
            os.killpg(0, signal.SIGKILL)
    return program.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
