"""Which recordings are deleted from the blob store, and which are kept."""

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from deploy.local.lone_gateway import NO_REDIS
from deploy.processes.preparation import prepare_ledger
from shared.domain import AudioSource, JobKind
from shared.queue import ASYNC
from shared.services import Services, make_services
from shared.settings import Settings
from shared.store import jobs, ledger
from shared.store.schema import Tenant, new_id
from tests.ledgers import lay_ledger
from worker.collection import collect
from worker.finishing import notify

ORPHAN_SECONDS = 600
MakeServices = Callable[..., Services]


@pytest.fixture
def make(tmp_path: Path) -> MakeServices:
    """Services of a ledger and a blob store of the test's own."""

    lay_ledger(tmp_path)

    def made(**settings: float) -> Services:
        services = make_services(
            Settings(_env_file=None, data_dir=tmp_path, redis_url=NO_REDIS, **settings)  # type: ignore[call-arg, arg-type]
        )
        prepare_ledger(services)
        return services

    return made


def job_with_audio(services: Services) -> str:
    """A job that waits, with a recording that was stored long ago."""
    job_id = new_id()
    with services.store.writing() as session:
        tenant_id = session.scalar(select(Tenant.id))
        new = jobs.NewJob(
            id=job_id,
            tenant_id=tenant_id,
            request_id=job_id,
            request_digest="digest",
            kind=JobKind.DIARIZE,
            queue="async",
            audio=AudioSource(blob_key=f"{tenant_id}/{job_id}"),
            language="en-US",
            parameters={},
            webhook_url=None,
        )
        jobs.submit(session, new, services.keyring)
    stored(services, f"{tenant_id}/{job_id}")
    return job_id


def stored(services: Services, key: str, age_seconds: float = 2 * ORPHAN_SECONDS) -> None:
    services.blobs.put(key, io.BytesIO(b"sound"))
    moment = time.time() - age_seconds
    os.utime(Path(services.settings.blob_root) / key, (moment, moment))


def end(services: Services, job_id: str) -> None:
    with services.store.writing() as session:
        claim = ledger.claim_next(session, ASYNC)
        assert claim
        assert claim.job.id == job_id
        outcome = ledger.Outcome({"segments": []}, 1.0, "tiny@1")
        ledger.succeed(session, claim, outcome, services.keyring)


def kept(services: Services) -> set[str]:
    return {blob.job_id for blob in services.blobs.all()}


def test_audio_without_a_job_is_deleted(make: MakeServices) -> None:
    services = make()
    stored(services, "tenant/nobody")
    collect(services)
    assert kept(services) == set()


def test_audio_that_has_just_been_stored_may_yet_get_its_job(make: MakeServices) -> None:
    services = make()
    stored(services, "tenant/soon", age_seconds=1)
    collect(services)
    assert kept(services) == {"soon"}


def test_a_draft_that_was_never_finished_is_deleted(make: MakeServices) -> None:
    services = make()
    stored(services, "tenant/nobody.part")
    collect(services)
    assert kept(services) == set()


def test_audio_of_a_job_that_waits_is_kept_however_old(make: MakeServices) -> None:
    services = make()
    job_id = job_with_audio(services)
    collect(services)
    assert kept(services) == {job_id}


def test_audio_that_a_dying_worker_left_behind_an_ended_job_is_deleted(make: MakeServices) -> None:
    services = make()
    end(services, job_with_audio(services))
    collect(services)
    assert kept(services) == set()


def test_audio_of_an_ended_job_is_deleted_at_once_by_default(make: MakeServices) -> None:
    services = make()
    job_id = job_with_audio(services)
    with services.store.reading() as session:
        job = jobs.get(session, job_id)
    assert job
    notify(services, job, None)
    assert kept(services) == set()


def test_audio_is_kept_for_as_long_as_is_set(make: MakeServices) -> None:
    services = make(audio_retention_seconds=3600)
    job_id = job_with_audio(services)
    end(services, job_id)
    with services.store.reading() as session:
        job = jobs.get(session, job_id)
    assert job
    notify(services, job, None)
    collect(services)
    assert kept(services) == {job_id}
