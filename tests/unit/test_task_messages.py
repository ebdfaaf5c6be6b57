"""Messages that Celery does not make are as Celery makes them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.embedded_redis import embedded_redis
from shared.domain import JobKind
from shared.queue import ASYNC, JOB_TASKS, VERSION
from shared.services import Services, make_services
from shared.settings import Settings
from shared.store.schema import new_id


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services with a real Redis."""
    folder: Path = tmp_path_factory.mktemp("messages")
    with embedded_redis(folder / "redis") as url:
        yield make_services(Settings(_env_file=None, data_dir=folder, redis_url=url))  # type: ignore[call-arg]


def taken(services: Services) -> dict[str, Any]:
    """The message that is next in the queue."""
    message: dict[str, Any] = json.loads(str(services.redis.rpop(ASYNC)))
    return message


def without_tag(message: dict[str, Any]) -> dict[str, Any]:
    """A message but for what is another in each."""
    return message | {"properties": message["properties"] | {"delivery_tag": ""}}


def test_a_message_is_what_celery_would_send(services: Services) -> None:
    job_id, task = new_id(), JOB_TASKS[JobKind.IDENTIFY]
    services.celery.send_task(task, args=[job_id], queue=ASYNC, task_id=job_id, headers=VERSION)
    by_celery = taken(services)
    services.queue.send_job(job_id, JobKind.IDENTIFY, ASYNC)
    assert without_tag(taken(services)) == without_tag(by_celery)


def test_no_two_messages_have_one_tag(services: Services) -> None:
    # Celery keeps what is not acknowledged under it.
    services.queue.send_jobs([(new_id(), JobKind.IDENTIFY, ASYNC) for _ in range(2)])
    first, second = (taken(services)["properties"]["delivery_tag"] for _ in range(2))
    assert first != second


def test_messages_are_taken_in_the_order_in_which_they_were_sent(services: Services) -> None:
    ids = [new_id() for _ in range(3)]
    services.queue.send_jobs([(job_id, JobKind.DIARIZE, ASYNC) for job_id in ids])
    assert [taken(services)["headers"]["id"] for _ in ids] == ids
