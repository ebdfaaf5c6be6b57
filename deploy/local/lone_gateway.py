"""The gateway alone as a child process, for tests and measurements: its jobs wait in the ledger."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import requests

from deploy.local.background import DidNotStart
from deploy.local.checks import free_port
from deploy.processes.commands import gateway_command
from shared import apikeys
from shared.settings import load_settings
from shared.settings.environment import environment_with

# A port that nobody listens on: the gateway takes requests all the same.
NO_REDIS = "redis://127.0.0.1:1/0"
START_SECONDS = 30
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class LoneGateway:
    """A running gateway, with a key of its first tenant."""

    port: int
    api_key: str
    pid: int
    data_dir: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def lone_gateway(
    data_dir: Path,
    redis_url: str = NO_REDIS,
    *,
    log: IO[bytes] | None = None,
    threads: int = 0,
    **variables: str,
) -> Iterator[LoneGateway]:
    """The gateway's own command on a ledger made ready for it, its log in ``log``. Raises DidNotStart.

    ``threads`` may be fewer than the settings allow, which leave some for requests that wait.
    """
    port, key = free_port(), apikeys.generate()
    environment = environment_with(
        **{"ROLLCALL_DATABASE_URL": "", "ROLLCALL_BLOB_URL": ""} | variables,
        ROLLCALL_DATA_DIR=str(data_dir),
        ROLLCALL_REDIS_URL=redis_url,
        ROLLCALL_HTTP_HOST="127.0.0.1",
        ROLLCALL_HTTP_PORT=str(port),
        ROLLCALL_BOOTSTRAP_API_KEY=key,
    )
    subprocess.run([sys.executable, "-m", "deploy.processes", "prepare"], env=environment, check=True)
    chosen = {"http_host": "127.0.0.1", "http_port": port} | ({"gateway_threads": threads} if threads else {})
    command = gateway_command(load_settings().model_copy(update=chosen))
    process = subprocess.Popen(command, env=environment, stderr=log)
    try:
        gateway = LoneGateway(port, key, process.pid, data_dir)
        wait_until_alive(gateway.url, process)
        yield gateway
    finally:
        process.terminate()
        process.wait()


def wait_until_alive(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return once ``process`` answers /livez at ``url``. Raises DidNotStart."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{url}/livez", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(POLL_SECONDS)
    raise DidNotStart(f"nothing answers at {url}")
