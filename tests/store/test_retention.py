"""What policies and expired consents have deleted, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shared.consent import Consent
from shared.crypto import KeyRing
from shared.domain import JobState
from shared.receipts import ErasureReason
from shared.store import Store, retention
from shared.store.schema import Delivery, Job, JobVoices, Sample, now
from tests.store.stored import HOOK, Kept, segment


@pytest.fixture
def kept(store: Store, tenant_id: str, keyring: KeyRing) -> Kept:
    """The first tenant's."""
    return Kept(store, tenant_id, keyring)


def due(kept: Kept, days_from_now: float = 0) -> list[tuple[str, ErasureReason]]:
    with kept.store.writing() as session:
        found = retention.due_speakers(session, now() + timedelta(days=days_from_now), 50)
    return [(one.speaker_id, one.reason) for one in found]


def forgotten(kept: Kept, days_from_now: float) -> int:
    with kept.store.writing() as session:
        return retention.forget_old_results(session, now() + timedelta(days=days_from_now), 50)


def policy(kept: Kept, **changes: float | bool | None) -> None:
    with kept.store.writing() as session:
        assert retention.set_policy(session, kept.tenant_id, **changes)


def expiring(kept: Kept) -> None:
    given = Consent("Alice", now(), "minutes", now() + timedelta(days=1))
    kept.enroll("alice", consent=given.to_json())


def test_a_consent_that_holds_keeps_its_speaker(kept: Kept) -> None:
    expiring(kept)
    assert due(kept) == []


def test_a_consent_that_has_expired_does_not(kept: Kept) -> None:
    expiring(kept)
    assert due(kept, 2) == [("alice", ErasureReason.CONSENT_EXPIRED)]


def test_without_a_policy_speakers_are_kept_for_ever(kept: Kept) -> None:
    kept.enroll("alice")
    assert due(kept, 10_000) == []


def test_a_speaker_is_due_when_his_newest_sample_is_too_old(kept: Kept) -> None:
    policy(kept, voiceprints_days=30)
    kept.enroll("alice")
    assert due(kept, 31) == [("alice", ErasureReason.RETENTION)]


def test_a_younger_sample_keeps_the_older_ones(kept: Kept) -> None:
    policy(kept, voiceprints_days=30)
    old = kept.enroll("alice")
    kept.enroll("alice")
    with kept.store.writing() as session:
        long_ago = now() - timedelta(days=300)
        session.execute(update(Sample).where(Sample.id == old).values(created_at=long_ago))
    assert due(kept) == []


def test_without_a_policy_results_are_kept_for_ever(kept: Kept) -> None:
    kept.identified(["alice"], segment("alice"))
    assert forgotten(kept, 10_000) == 0


@pytest.mark.parametrize("table", [Job, Delivery, JobVoices], ids=lambda table: table.__tablename__)
def test_old_results_go_with_deliveries_and_voices(kept: Kept, table: type) -> None:
    policy(kept, results_days=7)
    kept.identified(["alice"], segment("alice"), webhook=HOOK)
    forgotten(kept, 8)
    assert kept.count(table) == 0


def test_old_tests_of_webhooks_are_forgotten(kept: Kept) -> None:
    policy(kept, results_days=7)
    kept.tested_webhook()
    assert (forgotten(kept, 6), forgotten(kept, 8), kept.count(Delivery)) == (0, 1, 0)


def test_a_test_of_a_webhook_that_is_under_way_is_no_result(kept: Kept) -> None:
    policy(kept, results_days=7)
    kept.tested_webhook(ended=False)
    assert forgotten(kept, 8) == 0


def test_results_that_are_young_enough_stay(kept: Kept) -> None:
    policy(kept, results_days=7)
    kept.identified(["alice"], segment("alice"))
    assert forgotten(kept, 6) == 0


def test_a_job_that_has_not_ended_is_no_result(kept: Kept) -> None:
    policy(kept, results_days=7)
    kept.queued_enrolment("alice")
    forgotten(kept, 8)
    with kept.store.reading() as session:
        assert session.scalars(select(Job.state)).all() == [JobState.QUEUED]


def test_a_policy_changes_only_where_it_is_told_to(kept: Kept) -> None:
    policy(kept, results_days=7)
    with kept.store.writing() as session:
        found = retention.set_policy(session, kept.tenant_id, voiceprints_days=30)
    assert found == retention.Policy(7, 30, False)


def test_nobody_has_no_policy(store: Store) -> None:
    with store.writing() as session:
        assert retention.set_policy(session, "nobody", results_days=7) is None
