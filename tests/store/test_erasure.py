"""What an erased speaker leaves behind, on both databases."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from shared.crypto import KeyRing
from shared.domain import Dialect, JobState
from shared.receipts import ErasureReason
from shared.store import Store, dispatch, ledger, scrubbing
from shared.store.audit import subject_of_speaker
from shared.store.row_seals import row_seal
from shared.store.schema import (
    AuditRecord,
    Delivery,
    DeliveryAttempt,
    JobVoices,
    Sample,
    Speaker,
    Tenant,
    Voiceprint,
    now,
)
from shared.store.tenants import data_key
from tests.store.conftest import first_tenant
from tests.store.stored import HOOK, MODEL, Kept, segment

CONSENT = {
    "given_by": "Carol",
    "given_at": "2026-05-04T10:00:00+00:00",
    "purpose": "minutes",
    "expires_at": None,
}


@pytest.fixture
def kept(store: Store, tenant_id: str, keyring: KeyRing) -> Kept:
    """The first tenant's."""
    return Kept(store, tenant_id, keyring)


@pytest.mark.parametrize("table", [Speaker, Sample, Voiceprint], ids=lambda table: table.__tablename__)
def test_no_row_of_an_erased_speaker_is_left(kept: Kept, table: type) -> None:
    kept.enroll("alice")
    kept.erase("alice")
    assert kept.count(table) == 0


def test_other_speakers_stay(kept: Kept) -> None:
    kept.enroll("alice")
    kept.enroll("bob")
    kept.erase("alice")
    assert kept.names() == {"bob"}


def test_the_receipt_counts_what_was_erased(kept: Kept) -> None:
    for _ in range(2):
        kept.enroll("alice")
    kept.identified(["alice"], segment("alice"))
    erased = kept.erase("alice", results=True)
    assert erased
    assert (erased.samples, erased.voiceprints, erased.jobs_scrubbed) == (2, 2, 1)


def test_erasing_nobody_writes_nothing(kept: Kept) -> None:
    assert (kept.erase("nobody"), kept.count(AuditRecord)) == (None, 0)


def test_an_erasure_is_on_record_with_its_reason(kept: Kept) -> None:
    kept.enroll("alice")
    kept.erase("alice", reason=ErasureReason.CONSENT_EXPIRED)
    (record,) = kept.all(AuditRecord)
    assert (record.action, record.details["reason"]) == ("speaker_erased", "consent_expired")


def test_the_record_is_found_by_whoever_has_the_tenants_key(
    kept: Kept, store: Store, tenant_id: str, keyring: KeyRing
) -> None:
    kept.enroll("alice")
    kept.erase("alice")
    with store.reading() as session:
        key = data_key(session, tenant_id, keyring)
    (record,) = kept.all(AuditRecord)
    assert record.subject == subject_of_speaker(key, "alice")


def test_the_record_does_not_name_him(kept: Kept) -> None:
    kept.enroll("alice")
    kept.erase("alice")
    (record,) = kept.all(AuditRecord)
    assert "alice" not in json.dumps([record.subject, record.action, record.details])


def test_a_canceled_enrolment_loses_its_consent(kept: Kept) -> None:
    job_id = kept.queued_enrolment("carol", consent=CONSENT)
    kept.erase("carol")
    job = kept.job(job_id)
    assert job
    assert (job.state, job.parameters) == (JobState.CANCELED, {"speaker_id": "carol"})


# Results


def test_results_keep_his_name_unless_that_is_asked_for(kept: Kept) -> None:
    kept.enroll("alice")
    job_id = kept.identified(["alice"], segment("alice"))
    kept.erase("alice")
    job = kept.job(job_id)
    assert job
    assert job.result == {"segments": [segment("alice")]}


def test_he_becomes_a_stranger_in_results(kept: Kept) -> None:
    kept.enroll("alice")
    job_id = kept.identified(["alice", "bob"], segment("alice", "alice", "bob"))
    kept.erase("alice", results=True)
    job = kept.job(job_id)
    assert job
    assert job.result
    expected = segment("alice", "bob") | {"speaker_id": None, "confidence": None, "reason": "erased"}
    assert job.result["segments"] == [expected]


def test_he_is_no_candidate_any_more(kept: Kept) -> None:
    kept.enroll("alice")
    job_id = kept.identified(["alice", "bob"], segment("bob", "bob", "alice"))
    kept.erase("alice", results=True)
    job = kept.job(job_id)
    assert job
    assert job.result == {"segments": [segment("bob", "bob")]}


def test_requests_do_not_name_him_any_more(kept: Kept) -> None:
    kept.enroll("alice")
    job_id = kept.identified(["alice", "bob"])
    kept.erase("alice", results=True)
    job = kept.job(job_id)
    assert job
    assert job.parameters == {"speaker_ids": ["bob"]}


def test_a_name_that_his_is_a_part_of_stays(kept: Kept) -> None:
    kept.enroll("ali")
    job_id = kept.identified(["alice"], segment("alice"))
    kept.erase("ali", results=True)
    job = kept.job(job_id)
    assert job
    assert job.result == {"segments": [segment("alice")]}


def test_his_enrolments_are_deleted_with_results(kept: Kept) -> None:
    job_id = kept.queued_enrolment("carol")
    kept.erase("carol", results=True)
    assert kept.job(job_id) is None


def test_voices_of_jobs_that_named_him_are_dropped(kept: Kept) -> None:
    kept.enroll("alice")
    kept.identified(["alice"], segment("alice"))
    others = kept.identified(["bob"], segment("bob"))
    kept.erase("alice", results=True)
    assert [row.job_id for row in kept.all(JobVoices)] == [others]


def test_voices_that_he_was_enrolled_from_are_dropped(kept: Kept) -> None:
    job_id = kept.identified(["bob"], segment(None))
    kept.enroll("alice", job_id=job_id)
    kept.erase("alice", results=True)
    assert kept.count(JobVoices) == 0


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_webhook_that_waits_does_not_name_him_any_more(kept: Kept, dialect: Dialect) -> None:
    kept.enroll("alice")
    kept.identified(["alice"], segment("alice", "alice"), webhook=HOOK, dialect=dialect)
    kept.erase("alice", results=True)
    (body,) = kept.bodies()
    assert b"alice" not in body


def test_what_receivers_answered_is_dropped(kept: Kept, store: Store, keyring: KeyRing) -> None:
    kept.enroll("alice")
    kept.identified(["alice"], segment("alice"), webhook=HOOK)
    (delivery,) = kept.all(Delivery)
    attempt = dispatch.Attempt(now(), 0.1, 200, None, "got alice", True, True, None)
    with store.writing() as session:
        dispatch.record(session, delivery, attempt, row_seal(session, kept.tenant_id, keyring))
    kept.erase("alice", results=True)
    assert [one.sealed_answer for one in kept.all(DeliveryAttempt)] == [None]


def test_another_tenants_results_stay(kept: Kept, store: Store, keyring: KeyRing) -> None:
    with store.writing() as session:
        session.add(Tenant(id="other", name="other", wrapped_key=keyring.new_wrapped_key("other")))
    other = Kept(store, "other", keyring)
    job_id = other.identified(["alice"], segment("alice"))
    kept.enroll("alice")
    kept.erase("alice", results=True)
    job = kept.job(job_id)
    assert job
    assert job.result == {"segments": [segment("alice")]}


def test_a_result_that_comes_too_late_does_not_name_him(kept: Kept, store: Store, tenant_id: str) -> None:
    kept.enroll("bob")
    found = {"segments": [segment("alice", "alice"), segment("bob", "bob")]}
    with store.writing() as session:
        written, _ = scrubbing.without_erased(session, tenant_id, found)
    assert [one["speaker_id"] for one in written["segments"]] == [None, "bob"]


def test_an_erasure_waits_for_a_result_that_is_being_written(postgres_store: Store, keyring: KeyRing) -> None:
    kept = Kept(postgres_store, first_tenant(postgres_store, keyring), keyring)
    kept.enroll("alice")
    claim = kept.claimed(["alice"])
    with ThreadPoolExecutor(1) as pool:
        with postgres_store.writing() as session:
            found = {"segments": [segment("alice")]}
            written, _ = scrubbing.without_erased(session, kept.tenant_id, found)
            erasing = pool.submit(kept.erase, "alice", results=True)
            until_somebody_waits(postgres_store)
            ledger.succeed(session, claim, ledger.Outcome(written, 2.0, MODEL), keyring)
        erasing.result()
    job = kept.job(claim.job.id)
    assert job
    assert job.result
    assert job.result["segments"][0]["speaker_id"] is None


def until_somebody_waits(store: Store) -> None:
    """Return once a transaction waits for another's lock."""
    deadline = time.monotonic() + 20
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while time.monotonic() < deadline:
        with store.engine.connect() as connection:
            if connection.execute(waiting).scalar():
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
