"""The real Flower, for the length of a test."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from deploy.local.checks import free_port
from deploy.processes.commands import flower_command
from shared.settings import Settings
from shared.settings.environment import environment_with

LOGIN = ("watcher", "Sesame9Opens")
START_SECONDS = 60


@contextmanager
def running_flower(redis_url: str) -> Iterator[str]:
    """Its address."""
    port = free_port()
    environment = environment_with(
        ROLLCALL_REDIS_URL=redis_url, FLOWER_BASIC_AUTH=":".join(LOGIN), FLOWER_PORT=str(port)
    )
    process = subprocess.Popen(command(), env=environment)
    try:
        _wait_until_it_answers(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def command() -> list[str]:
    return flower_command(Settings(_env_file=None))  # type: ignore[call-arg]


def _wait_until_it_answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=5)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    pytest.fail("Flower does not answer")
