"""Runs the steps of a set-up: one line for people, everything else to a log file."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.setup.errors import StepFailed
from deploy.setup.layout import base_python

_SECONDS_BEFORE_RETRY = 5
_GUARD = Path(__file__).with_name("guard.py")
# Where packages come from is the user's business; where they go is not. These would lead pip or Python
# away from the environment, into folders that a later run cannot see or repair.
_MISLEADING = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "__PYVENV_LAUNCHER__",
)


class Steps:
    """Runs programs in one folder, one after another, and tells how it goes."""

    def __init__(self, folder: Path, log: Path, lock_descriptor: int) -> None:
        self._folder, self._log, self._lock = folder, log, lock_descriptor
        self._live = sys.stderr.isatty()

    def say(self, text: str) -> None:
        """A line for people."""
        print(text, file=sys.stderr, flush=True)

    def run(self, title: str, command: Sequence[str | Path]) -> None:
        """Run a program to its end. Raises `StepFailed` with its output when it fails."""
        started = time.monotonic()
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"\n=== {title}: {' '.join(map(str, command))}\n")
            log.flush()
            beginning = log.tell()
            if not self._live:
                print(f"  {title:<32}", end="", file=sys.stderr, flush=True)
            exit_status = self._wait(self._start(command, log.fileno()), title, started, beginning)
        if exit_status != 0:
            self._finish(title, "failed")
            raise StepFailed(title, self._output_since(beginning), self._log)
        self._finish(title, f"{time.monotonic() - started:6.1f} s")

    def run_online(self, title: str, command: Sequence[str | Path]) -> None:
        """Run a program that needs the network; once more if that is what failed."""
        try:
            self.run(title, command)
        except StepFailed as failure:
            if not failure.is_network:
                raise
            self.say(f"  The network failed; one more try in {_SECONDS_BEFORE_RETRY} s.")
            time.sleep(_SECONDS_BEFORE_RETRY)
            self.run(title, command)

    def _start(self, command: Sequence[str | Path], output: int) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
        environment |= {"PIP_USER": "0", "PYTHONNOUSERSITE": "1", "PYTHONUNBUFFERED": "1"}
        return subprocess.Popen(
            [base_python(), "-I", "-S", str(_GUARD), *map(str, command)],
            cwd=self._folder,
            env=environment,
            stdin=subprocess.PIPE,  # nothing is ever written: it closes when this process ends
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(self._lock,),
            process_group=0,
        )

    def _wait(self, program: subprocess.Popen[bytes], title: str, started: float, beginning: int) -> int:
        """Wait for the end; on a terminal, show meanwhile that something happens."""
        try:
            while True:
                try:
                    return program.wait(timeout=0.3)
                except subprocess.TimeoutExpired:
                    if self._live:
                        self._show(title, time.monotonic() - started, self._output_since(beginning)[-400:])
        finally:
            # After Ctrl-C the program is still at work: a closed stdin is the guard's sign to end it.
            with contextlib.suppress(BrokenPipeError):
                program.communicate()

    def _show(self, title: str, seconds: float, output: str) -> None:
        words = output.strip().splitlines()[-1:] or [""]
        hint = " ".join(words[0].split()[:2])[:40]
        print(f"\r\033[K  {title:<32}{seconds:6.0f} s  {hint}", end="", file=sys.stderr, flush=True)

    def _finish(self, title: str, ending: str) -> None:
        print(f"\r\033[K  {title:<32}{ending}" if self._live else ending, file=sys.stderr, flush=True)

    def _output_since(self, beginning: int) -> str:
        with self._log.open("rb") as log:
            log.seek(beginning)
            return log.read().decode(errors="replace")
