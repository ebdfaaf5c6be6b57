"""Counting requests must not cost them anything when Redis is in trouble."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

from api.rate_limits import RateLimits
from deploy.local.embedded_redis import embedded_redis
from deploy.local.lone_gateway import NO_REDIS
from shared.errors import RateLimited
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


@pytest.fixture
def gateways(tmp_path: Path) -> Iterator[list[RateLimits]]:
    """Two gateways' counts in one real Redis, of a tenant who may send a thousand requests in a minute."""
    with embedded_redis(tmp_path / "redis") as url:
        settings = Settings(_env_file=None, data_dir=tmp_path, redis_url=url, requests_per_minute=1000)  # type: ignore[call-arg]
        yield [RateLimits(make_services(settings)) for _ in range(2)]


def let_in(gateways: list[RateLimits], requests: int) -> int:
    """How many of so many requests are let in that come to the gateways in turn."""
    let_in = 0
    with Flask("counting").app_context():
        for number in range(requests):
            try:
                gateways[number % len(gateways)].count(Caller("tenant"))
            except RateLimited:
                continue
            let_in += 1
    return let_in


def test_requests_that_are_counted_together_are_not_more_than_allowed(gateways: list[RateLimits]) -> None:
    assert let_in(gateways, 1100) <= 1000


def test_requests_that_are_counted_together_are_not_fewer_than_allowed(gateways: list[RateLimits]) -> None:
    # Once the limit is near, those that Redis was not told of yet are counted with the next request.
    assert let_in(gateways, 1100) >= 990


def test_what_is_left_is_told_of_every_request(gateways: list[RateLimits]) -> None:
    left = []
    with Flask("counting").app_context():
        for _ in range(5):
            gateways[0].count(Caller("tenant"))
            left.append(g.rate_limit["remaining"])
    assert left == [999, 998, 997, 996, 995]
