"""What is told of a wait, with a real Redis and a real ledger."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.submission.admission import check_backlog, check_wait
from api.submission.drains import Drains
from deploy.local.embedded_redis import embedded_redis
from deploy.processes.preparation import prepare_ledger
from shared.errors import Overloaded, TooManyWaiting
from shared.load import drain_of, record_service_seconds
from shared.presence import PREFIX
from shared.queue import ASYNC, SYNC
from shared.services import Services, make_services
from shared.settings import Settings
from shared.store import jobs
from shared.store.tenants import Caller, add_tenant
from tests.ledgers import lay_ledger
from tests.store.conftest import JobMaker
from worker.pace import Pace

PROMISE_SECONDS = 100.0


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis protocol server."""
    with embedded_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def services(tmp_path: Path, redis_url: str) -> Iterator[Services]:
    """An empty ledger, and a worker whose jobs take ten seconds."""
    settings = Settings(_env_file=None, data_dir=tmp_path, redis_url=redis_url, max_waiting_jobs=4)  # type: ignore[call-arg]
    lay_ledger(tmp_path)
    made = make_services(settings)
    prepare_ledger(made)
    made.redis.flushall()
    made.redis.set(f"{PREFIX}models@here", json.dumps({"idle_since": None}))
    for queue in (SYNC, ASYNC):
        record_service_seconds(made.redis, queue, 10)
    yield made
    made.store.close()


def caller(services: Services, name: str) -> Caller:
    with services.store.writing() as session:
        return Caller(add_tenant(session, name, services.keyring))


def submit(services: Services, of: Caller, queue: str, number: int) -> None:
    maker = JobMaker(services.store, of.tenant_id, services.keyring)
    for _ in range(number):
        with services.store.writing() as session:
            jobs.submit(session, replace(maker.new(), queue=queue), services.keyring)


def waits(services: Services, of: Caller) -> None:
    with services.store.reading() as session:
        check_wait(session, of, SYNC, Drains(services), PROMISE_SECONDS)


def backlog(services: Services, of: Caller) -> None:
    with services.store.reading() as session:
        check_backlog(services, session, of, ASYNC, Drains(services))


def test_the_first_job_that_was_measured_counts_in_full(services: Services) -> None:
    services.redis.flushall()
    record_service_seconds(services.redis, SYNC, 2)
    assert drain_of(services.redis, SYNC).seconds_for(1) == pytest.approx(2)


def test_later_jobs_move_the_mean(services: Services) -> None:
    record_service_seconds(services.redis, SYNC, 20)
    assert drain_of(services.redis, SYNC).seconds_for(1) == pytest.approx(12)


def test_a_worker_also_does_what_waits_in_its_other_queues(services: Services) -> None:
    services.redis.lpush(ASYNC, "a message")
    assert drain_of(services.redis, SYNC).seconds_for(1) == pytest.approx(20)


def test_workers_for_other_queues_do_not_count(services: Services) -> None:
    services.redis.set(f"{PREFIX}models@there", json.dumps({"idle_since": None, "queues": [ASYNC]}))
    assert drain_of(services.redis, SYNC).seconds_for(1) == pytest.approx(10)


def test_what_lies_between_two_jobs_of_a_backlog_is_a_part_of_their_cost(services: Services) -> None:
    services.redis.flushall()
    pace = Pace(services.redis)
    pace.begin()
    pace.end(SYNC)
    time.sleep(0.1)
    pace.begin()
    pace.end(ASYNC)
    assert drain_of(services.redis, ASYNC).seconds_for(1) >= 0.1


def test_nobody_is_refused_while_nothing_is_to_do(services: Services) -> None:
    record_service_seconds(services.redis, SYNC, 10 * PROMISE_SECONDS)
    waits(services, caller(services, "a"))


def test_one_tenant_cannot_use_up_the_promise_alone(services: Services) -> None:
    one = caller(services, "a")
    submit(services, one, SYNC, 3)
    waits(services, one)
    submit(services, one, SYNC, 1)
    with pytest.raises(Overloaded):
        waits(services, one)


def test_a_tenant_who_has_nothing_waiting_still_finds_room(services: Services) -> None:
    submit(services, caller(services, "a"), SYNC, 4)
    waits(services, caller(services, "b"))


def test_what_waits_of_all_counts(services: Services) -> None:
    for name in "abcd":
        submit(services, caller(services, name), SYNC, 2)
    with pytest.raises(Overloaded):
        waits(services, caller(services, "e"))


def test_a_tenant_has_no_more_waiting_than_he_may(services: Services) -> None:
    one = replace(caller(services, "a"), max_waiting_jobs=2)
    submit(services, one, ASYNC, 1)
    backlog(services, one)
    submit(services, one, ASYNC, 1)
    with pytest.raises(TooManyWaiting):
        backlog(services, one)


def test_another_tenants_backlog_is_not_held_against_one(services: Services) -> None:
    submit(services, caller(services, "a"), ASYNC, 3)
    backlog(services, replace(caller(services, "b"), max_waiting_jobs=1))


def test_no_more_wait_in_all_than_the_settings_allow(services: Services) -> None:
    services.redis.lpush(ASYNC, *["a message"] * services.settings.max_waiting_jobs)
    with pytest.raises(Overloaded) as refused:
        backlog(services, caller(services, "a"))
    assert refused.value.retry_after_seconds == pytest.approx(4 * 0.05 * 10)
