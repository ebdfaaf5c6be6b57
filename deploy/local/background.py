"""The stack as a child process, for programs that want a running service for a while: the demo, the tests."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.local.checks import free_port, is_ready
from shared import apikeys
from shared.settings.environment import environment_with

START_SECONDS = 120
STOP_SECONDS = 40
POLL_SECONDS = 0.2
LOG_LINES_SHOWN = 30
# A stack of its own data dir. Nobody watches it by Flower, unless it is given a port.
UNSET = {"ROLLCALL_DATABASE_URL": "", "ROLLCALL_REDIS_URL": "", "ROLLCALL_BLOB_URL": "", "FLOWER_PORT": "0"}


class DidNotStart(Exception):
    """The service ended or is not ready in time; the message ends with its log."""


class BackgroundStack:
    """`make run` on a data dir of its own and a free port; further settings by their variables' names."""

    def __init__(self, data_dir: Path, **variables: str) -> None:
        self.data_dir = data_dir
        self.api_key = apikeys.generate()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir / "log"
        self._variables = variables
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The launcher's process id. Raises RuntimeError when it was not started."""
        if self._process is None:
            raise RuntimeError("the stack was not started")
        return self._process.pid

    @property
    def variables(self) -> dict[str, str]:
        """What tells a process to work on this service's data, by the settings' names."""
        return {
            "ROLLCALL_HTTP_HOST": "127.0.0.1",
            "ROLLCALL_HTTP_PORT": str(self.port),
            "ROLLCALL_DATA_DIR": str(self.data_dir),
            "ROLLCALL_BOOTSTRAP_API_KEY": self.api_key,
            **UNSET,
            **self._variables,
        }

    def start(self) -> None:
        """Start, without waiting."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        environment = environment_with(**self.variables)
        with self.log.open("ab") as output:
            # A session of its own: a Ctrl-C in the terminal is for the program that started the stack.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local"],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Return once gateway, Redis and a worker with its models are there. Raises DidNotStart."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.returncode is None:
            if is_ready(self.url):
                return
            time.sleep(POLL_SECONDS)
        raise DidNotStart(f"the service did not start; its last words were:\n{self.last_words()}")

    @property
    def returncode(self) -> int | None:
        """The launcher's exit status; None while it runs."""
        return self._process.poll() if self._process else 0

    def stop(self) -> int:
        """Stop as Ctrl-C does, and return the exit status."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def kill(self) -> None:
        """End the launcher without a chance to stop anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def logged(self) -> str:
        """The whole log."""
        return self.log.read_text(errors="replace")

    def last_words(self) -> str:
        """The end of the log."""
        return "\n".join(self.logged().splitlines()[-LOG_LINES_SHOWN:])
