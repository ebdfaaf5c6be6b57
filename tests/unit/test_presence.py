"""What workers say of themselves, on a real Redis."""

import json
import time
from collections.abc import Iterator

import pytest
from redis import Redis

from deploy.local.embedded_redis import embedded_redis
from shared.presence import PREFIX, Presence, workers_present


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A real Redis protocol server."""
    with (
        embedded_redis(tmp_path_factory.mktemp("redis")) as url,
        Redis.from_url(url, decode_responses=True) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def nobody_there(redis: Redis) -> None:
    redis.flushall()


def test_a_worker_that_announces_itself_is_seen(redis: Redis) -> None:
    Presence(redis, ["sync"]).announce("models@here", "pack@1")
    deadline = time.monotonic() + 5
    while not workers_present(redis) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [(worker.name, worker.model) for worker in workers_present(redis)] == [("models@here", "pack@1")]


def test_a_worker_that_has_nothing_to_do_tells_for_how_long(redis: Redis) -> None:
    redis.set(PREFIX + "idle", json.dumps({"idle_since": time.time() - 60}))
    assert workers_present(redis)[0].idle_seconds == pytest.approx(60, abs=5)


def test_a_worker_at_work_is_not_idle(redis: Redis) -> None:
    redis.set(PREFIX + "busy", json.dumps({"idle_since": None}))
    assert workers_present(redis)[0].idle_seconds == 0


def test_a_worker_of_an_earlier_version_is_seen(redis: Redis) -> None:
    redis.set(PREFIX + "earlier", "1")
    assert [worker.name for worker in workers_present(redis)] == ["earlier"]


def test_a_worker_tells_which_queues_it_serves(redis: Redis) -> None:
    redis.set(PREFIX + "one", json.dumps({"idle_since": None, "queues": ["async"]}))
    (worker,) = workers_present(redis)
    assert (worker.serves("async"), worker.serves("sync")) == (True, False)


def test_a_worker_of_an_earlier_version_serves_every_queue(redis: Redis) -> None:
    redis.set(PREFIX + "earlier", "1")
    assert workers_present(redis)[0].serves("async")
