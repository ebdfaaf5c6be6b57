"""A service whose files a test may search, and what is needed to talk to it."""

import base64
import binascii
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from redis import Redis

from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import COMPLETE_SECONDS, conversation, voices
from tests.security.flower import LOGIN, running_flower

__all__ = ["conversation", "voices"]

BASE64_RUN = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundStack]:
    """A service of the module's own, which logs all it ever would."""
    running = BackgroundStack(
        tmp_path_factory.mktemp("searched"),
        ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
        ROLLCALL_ENROLL_COMPLETE_SECONDS=str(COMPLETE_SECONDS),
        ROLLCALL_LOG_LEVEL="DEBUG",
    )
    running.start()
    running.wait_until_ready()
    yield running
    running.stop()


class Places:
    """Everything that a service keeps, shows, and sent over its queue, as bytes by name."""

    def __init__(self, stack: BackgroundStack, flower: str) -> None:
        self._folder, self._flower = stack.data_dir, flower

    def all(self) -> dict[str, bytes]:
        return self.files() | self.redis() | self.messages() | self.shown()

    def files(self) -> dict[str, bytes]:
        """Every file of the data dir: database, blobs, Redis's own, logs. The master key is no finding."""
        return {
            str(path.relative_to(self._folder)): _read(path)
            for path in self._folder.rglob("*")
            if path.is_file() and path.name != "master.key"
        }

    def redis(self) -> dict[str, bytes]:
        """What Redis holds now, which in its files may be compressed."""
        with Redis(unix_socket_path=str(self._folder / "redis" / "redis.sock")) as redis:
            held = {key: _value(redis, key) for key in redis.scan_iter()}
        return {"redis " + key.decode(errors="replace"): key + value for key, value in held.items()}

    def messages(self) -> dict[str, bytes]:
        """Arguments of all tasks so far: in base64, they stand in Redis's log of what it was told."""
        logs = [_read(path) for path in (self._folder / "redis").rglob("*.aof")]
        return {"messages": b"\n".join(_decoded(run) for log in logs for run in BASE64_RUN.findall(log))}

    def shown(self) -> dict[str, bytes]:
        """What Flower knows of tasks and workers: arguments, results, names."""
        pages = ("/api/tasks?limit=10000", "/api/workers?refresh=1", "/broker", "/metrics")
        return {
            f"flower {page}": requests.get(self._flower + page, auth=LOGIN, timeout=30).content
            for page in pages
        }

    def with_any(self, *needles: bytes) -> list[str]:
        """Names of the places that hold one of them."""
        return [name for name, held in self.all().items() if any(needle in held for needle in needles)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""  # deleted just now


def _value(redis: "Redis", key: bytes) -> bytes:
    reads = {
        b"string": lambda: redis.get(key),
        b"list": lambda: redis.lrange(key, 0, -1),
        b"set": lambda: redis.smembers(key),
        b"zset": lambda: redis.zrange(key, 0, -1),
        b"hash": lambda: redis.hgetall(key),
        b"stream": lambda: redis.xrange(key),
    }
    kind: bytes = redis.type(key)  # type: ignore[assignment]
    found = reads[kind]() if kind in reads else b""
    return found if isinstance(found, bytes) else repr(found).encode()


def _decoded(run: bytes) -> bytes:
    try:
        return base64.b64decode(run[: len(run) - len(run) % 4])
    except binascii.Error:
        return b""


@pytest.fixture(scope="module")
def places(searched: BackgroundStack) -> Iterator[Places]:
    """Where a test searches. Flower sees what happens from here on."""
    with running_flower(f"unix://{searched.data_dir / 'redis' / 'redis.sock'}") as flower:
        yield Places(searched, flower)
