"""Claims: what loses one, and the end of a job that somebody else has ended meanwhile."""

import threading
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.domain import JobKind, JobState
from shared.queue import ASYNC
from shared.services import Services
from shared.store import job_voices, ledger
from shared.store.ledger import Claim, ClaimLost, Outcome
from shared.store.schema import now
from tests.unit.followed import services_on, submit, work
from worker import claimed
from worker.finishing import store_result
from worker.progress import Progress

KEY = bytes(32)


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return services_on(tmp_path)


@pytest.fixture
def claim(services: Services, tmp_path: Path) -> Claim:
    """Of a job that waits for nothing else."""
    submit(services, tmp_path, "http://127.0.0.1:9/hook")
    with services.store.writing() as session:
        found = ledger.claim_next(session, ASYNC)
    assert found
    return found


def keep_voices(session: Session, claim: Claim) -> None:
    job_voices.keep(session, claim.job, np.zeros((1, 4), np.float32), model_id="tiny@1", data_key=KEY)


def test_what_somebody_else_has_kept_tells_that_the_claim_is_lost(services: Services, claim: Claim) -> None:
    with services.store.writing() as session:
        ledger.recover_stale(session, now() + timedelta(minutes=1), 3, services.keyring)
    work(services)

    def find_outcome(session: Session) -> Outcome:
        keep_voices(session, claim)
        return Outcome({"segments": []}, 1.0, "tiny@1")

    with pytest.raises(ClaimLost):
        store_result(services, claim, find_outcome)


def test_rows_in_the_way_of_a_claim_that_stands_are_a_fault(services: Services, claim: Claim) -> None:
    def find_outcome(session: Session) -> Outcome:
        keep_voices(session, claim)
        keep_voices(session, claim)
        return Outcome({"segments": []}, 1.0, "tiny@1")

    with pytest.raises(IntegrityError):
        store_result(services, claim, find_outcome)


def test_a_silent_redis_does_not_stop_the_heartbeat(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(services, tmp_path, "http://127.0.0.1:9/hook")
    beats = threading.Semaphore(0)
    asked, answered = threading.Event(), threading.Event()

    def silence(_: Progress) -> None:
        asked.set()
        answered.wait(60)

    def beaten(*_: object) -> bool:
        beats.release()
        return True

    def perform(*_: object) -> None:
        assert asked.wait(30)
        assert all(beats.acquire(timeout=30) for _ in range(3))

    monkeypatch.setattr(Progress, "catch_up", silence)
    monkeypatch.setattr(ledger, "beat", beaten)
    monkeypatch.setattr(claimed, "BRIEF_SECONDS", 0.0)
    monkeypatch.setattr(claimed, "CANCEL_NOTICED_SECONDS", 0.05)
    shown = claimed.work_on_next(services, ASYNC, {JobKind.DIARIZE: perform})
    answered.set()
    # Nothing stored a result; what is wrong in `perform` would have failed the job.
    assert shown
    assert shown["state"] == JobState.RUNNING
