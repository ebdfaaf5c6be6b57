"""Counting requests must not cost them anything when Redis is in trouble."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from api.rate_limits import RateLimits
from deploy.local.lone_gateway import NO_REDIS
from shared.services import make_services
from shared.settings import Settings
from shared.store.tenants import Caller


@pytest.fixture
def hanging_redis() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def counted(folder: Path, redis_url: str, times: int) -> float:
    """Seconds that it takes to count so many requests."""
    limits = RateLimits(make_services(Settings(_env_file=None, data_dir=folder, redis_url=redis_url)))  # type: ignore[call-arg]
    started = time.monotonic()
    with Flask("counting").app_context():
        for _ in range(times):
            limits.count(Caller("tenant"))
    return time.monotonic() - started


def test_requests_are_let_in_while_redis_is_away(tmp_path: Path) -> None:
    assert counted(tmp_path, NO_REDIS, 10) < 1


def test_a_redis_that_hangs_delays_one_request_and_not_all(tmp_path: Path, hanging_redis: str) -> None:
    assert counted(tmp_path, hanging_redis, 10) < 2
