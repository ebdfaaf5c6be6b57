"""What the sweep takes for lost, with a real Redis that forgets or was away."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select, update

from deploy.local.embedded_redis import embedded_redis
from deploy.processes.preparation import prepare_ledger
from shared.corrections import ChangeKind, ChangeState
from shared.domain import AudioSource, JobKind
from shared.queue import ASYNC, DELIVER, ENROLL
from shared.services import Services, make_services
from shared.settings import Settings
from shared.store import dispatch, jobs, ledger
from shared.store.change_details import Details
from shared.store.changes import ChangeLog
from shared.store.schema import Delivery, Job, Tenant, new_id, now
from tests.ledgers import lay_ledger
from worker.sweep import REMATCH_LOST_SECONDS, UNCLAIMED_SECONDS, sweep


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis protocol server."""
    with embedded_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def services(tmp_path: Path, redis_url: str) -> Iterator[Services]:
    """An empty ledger, and an empty queue that nobody takes from."""
    lay_ledger(tmp_path)
    made = make_services(Settings(_env_file=None, data_dir=tmp_path, redis_url=redis_url))  # type: ignore[call-arg]
    prepare_ledger(made)
    made.redis.flushall()
    yield made
    made.store.close()


def queued(services: Services, *, age_seconds: float, message: bool) -> str:
    """A job that was queued so long ago."""
    job_id = new_id()
    with services.store.writing() as session:
        new = jobs.NewJob(
            id=job_id,
            tenant_id=session.scalar(select(Tenant.id)),
            request_id=job_id,
            request_digest="digest",
            kind=JobKind.DIARIZE,
            queue=ASYNC,
            audio=AudioSource(blob_key=job_id),
            language="en-US",
            parameters={},
            webhook_url=None,
        )
        jobs.submit(session, new, services.keyring)
        session.execute(
            update(Job).where(Job.id == job_id).values(queued_at=now() - timedelta(seconds=age_seconds))
        )
    if message:
        services.queue.send_job(job_id, JobKind.DIARIZE, ASYNC)
    return job_id


def messages(services: Services, queue: str = ASYNC) -> int:
    return services.queue.waiting(queue)


def test_a_job_without_a_message_is_sent_again(services: Services) -> None:
    queued(services, age_seconds=60, message=False)
    sweep(services)
    assert messages(services) == 1


def test_a_job_that_was_just_queued_is_left(services: Services) -> None:
    queued(services, age_seconds=1, message=False)
    sweep(services)
    assert messages(services) == 0


def test_jobs_that_wait_their_turn_are_left(services: Services) -> None:
    for age_seconds in (300, 200, 100):
        queued(services, age_seconds=age_seconds, message=True)
    sweep(services)
    assert messages(services) == 3


def test_a_job_whose_message_was_lost_is_sent_again_though_others_wait(services: Services) -> None:
    queued(services, age_seconds=300, message=False)
    queued(services, age_seconds=100, message=True)
    sweep(services)
    assert messages(services) == 2


def test_a_job_is_not_sent_again_in_every_round(services: Services) -> None:
    queued(services, age_seconds=60, message=False)
    sweep(services)
    services.redis.flushall()
    sweep(services)
    assert messages(services) == 0


def running_and_silent(services: Services) -> str:
    job_id = queued(services, age_seconds=60, message=False)
    silent_since = now() - timedelta(seconds=10 * services.settings.job_stale_seconds)
    with services.store.writing() as session:
        assert ledger.claim_next(session, ASYNC)
        session.execute(update(Job).where(Job.id == job_id).values(heartbeat_at=silent_since))
    return job_id


def state(services: Services, job_id: str) -> str:
    with services.store.reading() as session:
        return session.get_one(Job, job_id).state


def test_a_worker_that_fell_silent_loses_its_job(services: Services) -> None:
    sweep(services)
    job_id = running_and_silent(services)
    sweep(services)
    assert state(services, job_id) == "queued"


def test_after_a_time_without_sweeps_nobody_is_blamed_for_silence_at_once(services: Services) -> None:
    job_id = running_and_silent(services)
    sweep(services)
    assert state(services, job_id) == "running"


def delivery(services: Services, *, due_in_seconds: float, sent_seconds_ago: float) -> str:
    with services.store.writing() as session:
        tenant_id = session.scalar(select(Tenant.id))
        url = "http://example.com/hook"
        made = dispatch.new_delivery(session, tenant_id, services.keyring, url, b"{}", job_id=None)
        moment = now()
        session.execute(
            update(Delivery)
            .where(Delivery.id == made.id)
            .values(
                next_attempt_at=moment + timedelta(seconds=due_in_seconds),
                queued_at=moment - timedelta(seconds=sent_seconds_ago),
            )
        )
    return made.id


def test_a_delivery_that_has_become_due_is_sent(services: Services) -> None:
    delivery(services, due_in_seconds=-1, sent_seconds_ago=300)
    sweep(services)
    assert messages(services, DELIVER) == 1


def test_a_delivery_that_is_not_due_is_left(services: Services) -> None:
    delivery(services, due_in_seconds=60, sent_seconds_ago=300)
    sweep(services)
    assert messages(services, DELIVER) == 0


def test_a_backlog_of_deliveries_does_not_grow_by_sweeping(services: Services) -> None:
    for _ in range(3):
        services.queue.send_delivery(delivery(services, due_in_seconds=-100, sent_seconds_ago=60))
    sweep(services)
    assert messages(services, DELIVER) == 3


def test_due_deliveries_are_sent_again_after_redis_forgot_them(services: Services, redis_url: str) -> None:
    services.queue.send_delivery(
        delivery(services, due_in_seconds=-100, sent_seconds_ago=UNCLAIMED_SECONDS + 1)
    )
    Redis.from_url(redis_url).flushall()
    sweep(services)
    assert messages(services, DELIVER) == 1


def test_the_message_of_a_rematch_that_was_lost_is_sent_again(services: Services) -> None:
    with services.store.writing() as session:
        tenant_id = session.scalars(select(Tenant.id)).one()
        log = ChangeLog.of(session, tenant_id, services.keyring)
        lost, _ = (
            log.add(ChangeKind.REMATCH, Details(("ann",), scope={}), state=ChangeState.PENDING)
            for _ in range(2)
        )
        lost.queued_at = now() - timedelta(seconds=REMATCH_LOST_SECONDS + 1)
        lost_id = lost.id
    sweep(services)
    assert (services.queue.waiting(ENROLL), services.queue.next_in_line(ENROLL)) == (1, lost_id)
