"""What beat has done about old results and expired consents."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from shared.consent import Consent
from shared.services import Services
from shared.store.retention import set_policy
from shared.store.schema import AuditRecord, Job, Speaker, now
from tests.store.stored import Kept, segment
from worker.retention import retain


def expired(kept: Kept, *speaker_ids: str) -> None:
    """Enrol people whose consent has expired since."""
    given = Consent("Somebody", now(), "minutes", now() + timedelta(days=1)).to_json()
    for speaker_id in speaker_ids:
        kept.enroll(speaker_id, consent=given)
    with kept.store.writing() as session:
        session.execute(update(Speaker).values(consent_expires_at=now() - timedelta(seconds=1)))


def test_who_has_no_consent_any_more_is_erased(services: Services, kept: Kept) -> None:
    expired(kept, "alice")
    kept.enroll("bob")
    retain(services)
    assert kept.names() == {"bob"}


def test_many_are_erased_in_one_round(
    services: Services, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.retention.SPEAKERS_AT_ONCE", 2)
    expired(kept, "alice", "bob", "carol", "dave", "eve")
    retain(services)
    assert kept.names() == set()


def test_each_erasure_is_on_record(services: Services, kept: Kept) -> None:
    expired(kept, "alice", "bob")
    retain(services)
    with services.store.reading() as session:
        reasons = [record.details["reason"] for record in session.scalars(select(AuditRecord))]
    assert reasons == ["consent_expired", "consent_expired"]


def test_a_round_with_nothing_to_do_writes_nothing(services: Services, kept: Kept) -> None:
    kept.enroll("alice")
    retain(services)
    assert kept.count(AuditRecord) == 0


def test_old_results_are_deleted(services: Services, kept: Kept) -> None:
    kept.identified(["alice"], segment("alice"))
    with services.store.writing() as session:
        set_policy(session, kept.tenant_id, results_days=1)
        session.execute(update(Job).values(finished_at=now() - timedelta(days=2)))
    retain(services)
    assert kept.count(Job) == 0


def test_what_was_in_the_way_of_an_erasure_is_made_up_for(
    services: Services, kept: Kept, tmp_path: Path
) -> None:
    kept.enroll("somebody_who_leaves")
    kept.erase("somebody_who_leaves")
    retain(services)
    files = b"".join(path.read_bytes() for path in tmp_path.glob("rollcall.db*"))
    assert b"somebody_who_leaves" not in files
