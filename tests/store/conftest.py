"""A tenant to own the rows of a test."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deploy.local.checks import free_port
from shared import apikeys
from shared.crypto import KeyRing
from shared.domain import AudioSource, JobKind
from shared.services import make_services
from shared.settings import Settings
from shared.store import Store, jobs
from shared.store.schema import new_id
from shared.store.tenants import authenticate, ensure_first_tenant
from tests.s3 import S3Server, s3_server

if TYPE_CHECKING:
    from tests.store.corrected import Desk


@pytest.fixture
def tenant_id(store: Store, keyring: KeyRing) -> str:
    """The id of the first tenant."""
    return first_tenant(store, keyring)


def first_tenant(store: Store, keyring: KeyRing) -> str:
    key = apikeys.generate()
    with store.writing() as session:
        ensure_first_tenant(session, key, keyring)
        caller = authenticate(session, key)
    assert caller
    return caller.tenant_id


class JobMaker:
    """Submits jobs that differ from each other only where a test says so."""

    def __init__(self, store: Store, tenant_id: str, keyring: KeyRing) -> None:
        self._store = store
        self._tenant_id = tenant_id
        self._keyring = keyring

    def new(self, request_id: str | None = None, webhook_url: str | None = None) -> jobs.NewJob:
        job_id = new_id()
        return jobs.NewJob(
            id=job_id,
            tenant_id=self._tenant_id,
            request_id=request_id or job_id,
            request_digest="digest",
            kind=JobKind.IDENTIFY,
            queue="async",
            audio=AudioSource(blob_key=f"{self._tenant_id}/{job_id}"),
            language="en-US",
            parameters={"speaker_ids": ["alice"]},
            webhook_url=webhook_url,
        )

    def submitted(self, **options: str) -> str:
        """The id of a job that is in the ledger."""
        with self._store.writing() as session:
            job = jobs.submit(session, self.new(**options), self._keyring)
        assert job
        return job.id


@pytest.fixture
def postgres_jobs(postgres_store: Store, keyring: KeyRing) -> JobMaker:
    """A maker of jobs on PostgreSQL."""
    return JobMaker(postgres_store, first_tenant(postgres_store, keyring), keyring)


@pytest.fixture
def make_job(store: Store, tenant_id: str, keyring: KeyRing) -> JobMaker:
    """A maker of jobs."""
    return JobMaker(store, tenant_id, keyring)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """A server that speaks S3, of the module's own."""
    with s3_server("127.0.0.1", free_port()) as server:
        yield server


@pytest.fixture
def as_user(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process's environment is that of the server's user."""
    for name, value in s3.variables.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def desk(store: Store, keyring: KeyRing, tmp_path: Path) -> "Desk":
    """Where the first tenant's names are corrected."""
    from tests.store.corrected import Desk

    settings = Settings(_env_file=None, data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0")  # type: ignore[call-arg]
    services = replace(make_services(settings), store=store, keyring=keyring)
    return Desk(services, first_tenant(store, keyring))
