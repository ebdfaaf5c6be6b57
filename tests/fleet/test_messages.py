"""Messages of another version go through today's worker: a real gateway, queue and worker, one tiny model."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from deploy.local.lone_gateway import LoneGateway, lone_gateway
from deploy.processes.commands import COMMANDS
from shared import versions
from shared.domain import JobState
from shared.queue import ASYNC, MAINTENANCE, SWEEP_TASK, make_celery
from shared.settings import Settings
from shared.settings.environment import environment_with
from shared.store import Store
from shared.store.schema import Job
from tests.chaos.servers import RedisServer, redis_server
from tests.chaos.submitting import DIARIZE, RATE, TONE
from tests.chaos.supervised import Supervised
from tests.end_to_end.v1 import once

YESTERDAYS: Final = Path(__file__).parent / "messages" / "before_versions.json"
"""As the version before there were versions sent it, for the job of this id."""
ITS_ID: Final = "00000000-0000-4000-8000-000000000000"


class Service:
    """A gateway with a queue, and the workers that a test starts."""

    def __init__(self, folder: Path, redis: RedisServer, gateway: LoneGateway) -> None:
        self.redis, self._gateway = redis.client, gateway
        self._log, self._said_before = folder / "log", 0
        self._variables = {"ROLLCALL_DATA_DIR": str(folder), "ROLLCALL_REDIS_URL": redis.url}
        self._variables |= {"ROLLCALL_DATABASE_URL": "", "ROLLCALL_BLOB_URL": ""}
        self.settings = Settings(_env_file=None, data_dir=folder, redis_url=redis.url)  # type: ignore[call-arg]
        self.store = Store(self.settings.sqlalchemy_url)
        self._running: list[Supervised] = []

    def accept(self) -> str:
        """The id of a job whose message is taken off the queue again, for the test to send another."""
        answer = requests.post(
            f"{self._gateway.url}{DIARIZE}",
            params={"webhook": "https://example.com/hook"},
            json={"encoding": "WAV", "sampleRate": RATE, "content": TONE},
            headers={"X-API-Key": self._gateway.api_key},
            timeout=30,
        )
        message: Any = self.redis.rpop(ASYNC)
        assert answer.status_code == 202, answer.text
        return str(json.loads(message)["headers"]["id"])

    def send(self, message: dict[str, Any]) -> None:
        self.redis.lpush(ASYNC, json.dumps(message))

    def job(self, job_id: str) -> Job:
        with self.store.reading() as session:
            return session.get_one(Job, job_id)

    def start(self, name: str, module: str) -> None:
        """A process by its own command, with this module in place of the workers' entry point."""
        command = [module if word == "worker.main" else word for word in COMMANDS[name](self.settings)]
        self._running.append(Supervised(name, command, environment_with(**self._variables), self._log))

    def logged(self) -> str:
        """What the workers of this test said."""
        return self._log.read_bytes()[self._said_before :].decode(errors="replace")

    def stop(self) -> None:
        while self._running:
            self._running.pop().stop()
        self._said_before = self._log.stat().st_size


@pytest.fixture(scope="module")
def without_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("messages")
    with redis_server(folder / "redis") as redis, lone_gateway(folder, redis.url) as gateway:
        yield Service(folder, redis, gateway)


@pytest.fixture
def service(without_workers: Service) -> Iterator[Service]:
    """The workers that a test starts end with it, and messages that they had not quite done with."""
    yield without_workers
    without_workers.stop()
    without_workers.redis.flushdb()


def yesterdays(job_id: str) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(YESTERDAYS.read_text().replace(ITS_ID, job_id))
    body = base64.b64decode(message["body"]).decode().replace(ITS_ID, job_id)
    return message | {"body": base64.b64encode(body.encode()).decode()}


def tomorrows(job_id: str) -> dict[str, Any]:
    """One that says more than today's workers know, in its header and in its arguments."""
    message = yesterdays(job_id)
    message["headers"][versions.MESSAGE_HEADER] = versions.SCHEMA_VERSION + 1
    arguments = [[job_id, "more"], {"and": "more"}, {}]
    return message | {"body": base64.b64encode(json.dumps(arguments).encode()).decode()}


def test_yesterdays_message_is_understood(service: Service) -> None:
    job_id = service.accept()
    service.send(yesterdays(job_id))
    service.start("worker", "tests.chaos.tiny_worker")
    ended = once(lambda: service.job(job_id), lambda job: JobState(job.state).is_final)
    assert ended.state == JobState.SUCCEEDED, service.logged()


@pytest.fixture
def left(service: Service) -> str:
    """A job of tomorrow whose message today's worker has taken and left."""
    job_id = service.accept()
    with service.store.writing() as session:
        job = session.get_one(Job, job_id)
        job.schema_version = versions.SCHEMA_VERSION + 1
        job.parameters = job.parameters | {"never_heard_of": True}
    service.send(tomorrows(job_id))
    service.start("worker", "tests.chaos.tiny_worker")
    once(
        service.logged,
        lambda log: any("message_is_newer" in line and job_id in line for line in log.splitlines()),
    )
    return job_id


def test_tomorrows_message_is_left_without_an_attempt(service: Service, left: str) -> None:
    job = service.job(left)
    assert (job.state, job.attempts, "Traceback" in service.logged()) == (JobState.QUEUED, 0, False)


def test_tomorrows_sweep_brings_the_job_to_tomorrows_worker(service: Service, left: str) -> None:
    service.stop()
    for name in ("worker", "deliver"):
        service.start(name, "tests.fleet.tomorrow_worker")
    celery, deadline = make_celery(service.settings), time.monotonic() + 60
    while service.job(left).state != JobState.SUCCEEDED and time.monotonic() < deadline:
        # In place of beat.
        celery.send_task(SWEEP_TASK, queue=MAINTENANCE)
        time.sleep(1)
    job = service.job(left)
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1), service.logged()
