"""The end of a job by a worker from whom it was taken, and which somebody else has ended meanwhile."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.services import Services
from shared.store import job_voices, ledger
from shared.store.ledger import Claim, ClaimLost, Outcome
from shared.store.schema import now
from tests.unit.followed import services_on, submit, work
from worker.finishing import store_result

KEY = bytes(32)


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return services_on(tmp_path)


@pytest.fixture
def claim(services: Services, tmp_path: Path) -> Claim:
    """Of a job that waits for nothing else."""
    submit(services, tmp_path, "http://127.0.0.1:9/hook")
    with services.store.writing() as session:
        found = ledger.claim_next(session, "async")
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
