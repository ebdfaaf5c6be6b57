"""A process that is started again whenever it ends, as systemd or an orchestrator would do it."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

RESTART_SECONDS = 0.2
STOP_SECONDS = 10


class Supervised:
    """Runs a command until it is stopped."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.restarts = 0
        self._command, self._environment, self._log = list(command), dict(environment), log
        self._stopping = threading.Event()
        self._process = self._start()
        self._groups = [self._process.pid]
        threading.Thread(target=self._keep, daemon=True).start()

    @property
    def pid(self) -> int:
        """Of the process that runs now, or ran last."""
        return self._process.pid

    def children(self) -> list[psutil.Process]:
        """The processes it started itself."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.pid).children()
        return []

    def kill(self) -> None:
        """Kill the process itself; its children are left to themselves."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """Kill the process with all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it for good, and whatever the processes before it left."""
        self._stopping.set()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def resident_bytes(self) -> int:
        """Memory of the process and all its children."""
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.pid)
            return sum(one.memory_info().rss for one in (parent, *parent.children(recursive=True)))
        return 0

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as output:
            return subprocess.Popen(
                self._command,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _keep(self) -> None:
        while True:
            self._process.wait()
            if self._stopping.wait(RESTART_SECONDS):
                return
            self._process = self._start()
            self._groups.append(self._process.pid)
            self.restarts += 1
