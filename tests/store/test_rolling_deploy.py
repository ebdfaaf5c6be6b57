"""Two versions at once: what each may do with the other's jobs."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared import versions
from shared.crypto import KeyRing
from shared.domain import JobState
from shared.store import Store, ledger
from shared.store.schema import Job, now
from tests.store.conftest import JobMaker

TOMORROW = versions.SCHEMA_VERSION + 1


@pytest.fixture
def tomorrows(store: Store, make_job: JobMaker) -> str:
    """The id of a job that a newer gateway has accepted."""
    job_id = make_job.submitted()
    with store.writing() as session:
        session.get_one(Job, job_id).schema_version = TOMORROW
    return job_id


def job_of(store: Store, job_id: str) -> Job:
    with store.reading() as session:
        return session.get_one(Job, job_id)


def test_a_job_says_which_version_accepted_it(store: Store, make_job: JobMaker) -> None:
    assert job_of(store, make_job.submitted()).schema_version == versions.SCHEMA_VERSION


def test_a_job_of_a_newer_version_is_not_claimed(store: Store, tomorrows: str) -> None:
    with store.writing() as session:
        claimed = ledger.claim_next(session, "async")
    job = job_of(store, tomorrows)
    assert (claimed, job.state, job.attempts) == (None, JobState.QUEUED, 0)


def test_a_job_of_a_newer_version_is_left_to_the_newer_sweep(store: Store, tomorrows: str) -> None:
    with store.writing() as session:
        assert ledger.take_unclaimed(session, "async", now() + timedelta(seconds=1), messages=0) == []


def test_a_newer_worker_claims_it(store: Store, tomorrows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "SCHEMA_VERSION", TOMORROW)
    with store.writing() as session:
        assert ledger.claim_next(session, "async")


def test_a_silent_worker_of_a_newer_version_is_left_to_the_newer_sweep(
    store: Store, tomorrows: str, keyring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer, store.writing() as session:
        newer.setattr(versions, "SCHEMA_VERSION", TOMORROW)
        ledger.claim_next(session, "async")
    with store.writing() as session:
        assert (
            ledger.recover_stale(session, now() + timedelta(seconds=1), max_attempts=3, keyring=keyring) == []
        )


def test_a_newer_worker_claims_an_older_job(
    store: Store, make_job: JobMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_job.submitted()
    monkeypatch.setattr(versions, "SCHEMA_VERSION", TOMORROW)
    with store.writing() as session:
        assert ledger.claim_next(session, "async")


def test_a_row_of_a_version_that_wrote_none_counts_as_the_first(store: Store, make_job: JobMaker) -> None:
    first = make_job.submitted()
    with store.writing() as session:
        _insert_as_the_version_before(session, first, "of-yesterday")
    assert job_of(store, "of-yesterday").schema_version == 1


def _insert_as_the_version_before(session: Session, job_id: str, new_id: str) -> None:
    """Copy a job by the columns of the ledger that had no versions yet."""
    copied = [column.name for column in Job.__table__.columns if column.name != "schema_version"]
    values = [f"'{new_id}'" if name in {"id", "request_id"} else name for name in copied]
    session.execute(
        text(f"INSERT INTO jobs ({', '.join(copied)}) SELECT {', '.join(values)} FROM jobs WHERE id = :id"),
        {"id": job_id},
    )
