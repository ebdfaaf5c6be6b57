"""The service for the length of the demo: free ports, a temporary data dir, everything gone afterwards."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from client import RollcallClient
from deploy.local.checks import free_port
from shared import apikeys
from shared.settings.environment import environment_with

START_SECONDS = 120
STOP_SECONDS = 30
LOG_LINES_SHOWN = 30
# The packaged recording has about ten seconds of each voice; by default twelve complete an enrolment.
COMPLETE_SECONDS = 6


class DidNotStart(Exception):
    """The service ended or is not ready in time; the message ends with its log."""


@contextmanager
def temporary_service() -> Iterator[RollcallClient]:
    """A running service's client. Raises DidNotStart."""
    with TemporaryDirectory(prefix="rollcall-demo-") as folder:
        port, key, log = free_port(), apikeys.generate(), Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local"],
                env=environment_with(
                    ROLLCALL_HTTP_HOST="127.0.0.1",
                    ROLLCALL_HTTP_PORT=str(port),
                    ROLLCALL_DATA_DIR=str(Path(folder) / "data"),
                    ROLLCALL_DATABASE_URL="",
                    ROLLCALL_REDIS_URL="",
                    ROLLCALL_BLOB_URL="",
                    ROLLCALL_BOOTSTRAP_API_KEY=key,
                    ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
                    ROLLCALL_ENROLL_COMPLETE_SECONDS=str(COMPLETE_SECONDS),
                ),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, process, log)
            yield RollcallClient(url, key)
        finally:
            _stop(process)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{url}/readyz", timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
    raise DidNotStart(f"the service did not start; its last words were:\n{tail}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
