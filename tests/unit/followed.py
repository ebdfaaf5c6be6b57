"""A request that is followed to its webhook in one process: everything is real but queue and models."""

import base64
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import select

from api.app import create_app
from deploy.processes.preparation import prepare_ledger
from shared.domain import JobKind
from shared.queue import ASYNC
from shared.services import Services, make_services
from shared.settings import Settings
from shared.store.schema import Delivery, Job
from shared.tracing import Tracer
from tests.chaos.tiny_engine import load_tiny_engine
from tests.end_to_end.v1 import Post, hook_answering
from tests.ledgers import lay_ledger
from tests.security.in_process import KEY, with_key
from tests.unit.sounds import click, write_wav
from worker.claimed import work_on_next
from worker.delivery import deliver
from worker.identification import identify

DIARIZE = "/audio/generic/api/v2/async/diarize"
SECRET = "s3cret-of-the-webhook"


@dataclass(frozen=True)
class Followed:
    """A job, and how it went."""

    services: Services
    job: Job
    delivery: Delivery
    post: Post


def follow(folder: Path, tracer: Tracer | None = None, **headers: str) -> Followed:
    """Send a recording, work on it, and deliver the answer; ``headers`` are those of the request."""
    services = services_on(folder, tracer)
    with hook_answering(204) as hook:
        job = submit(services, folder, f"{hook.url}?token={SECRET}", **headers)
        work(services)
        with services.store.reading() as session:
            delivery = session.scalars(select(Delivery)).one()
        deliver(services, delivery.id)
        return Followed(services, job, delivery, hook.wait())


def services_on(folder: Path, tracer: Tracer | None = None) -> Services:
    """Services on a ledger with a tenant, and without Redis."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder,
        redis_url="redis://127.0.0.1:1/0",
        bootstrap_api_key=KEY,
        egress_allow="127.0.0.0/8",  # type: ignore[arg-type]
    )
    lay_ledger(folder)
    prepare_ledger(make_services(settings))
    return make_services(settings, tracer=tracer)


def submit(services: Services, folder: Path, webhook: str, **headers: str) -> Job:
    """The job that an accepted request has become."""
    content = base64.b64encode(write_wav(folder / "talk.wav", click()).read_bytes()).decode()
    body = {"encoding": "WAV", "sampleRate": 16000, "languageCode": "en-US", "content": content}
    answer = (
        create_app(services)
        .test_client()
        .post(
            DIARIZE,
            query_string={"webhook": webhook},
            json=body | {"speakers": 1},
            headers=with_key(**headers),
        )
    )
    assert answer.status_code == 202, answer.text
    with services.store.reading() as session:
        return session.scalars(select(Job)).one()


def work(services: Services) -> None:
    """Work on the job that waits as a worker does."""
    engine = load_tiny_engine(services.settings)
    identified = partial(identify, services, engine)
    work_on_next(services, ASYNC, {JobKind.DIARIZE: identified})
