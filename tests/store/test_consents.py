"""Who may be enrolled under which consent, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.consent import Consent
from shared.crypto import KeyRing
from shared.errors import ConsentRequired
from shared.store import Store, retention
from shared.store.schema import now
from shared.store.speakers import Speakers
from tests.store.stored import Kept


def consent(expires_at: datetime | None = None) -> dict[str, Any]:
    return Consent("Alice Example", now(), "minutes", expires_at).to_json()


@pytest.fixture
def strict(store: Store, tenant_id: str, keyring: KeyRing) -> Kept:
    """A tenant who enrols nobody without consent."""
    with store.writing() as session:
        retention.set_policy(session, tenant_id, requires_consent=True)
    return Kept(store, tenant_id, keyring)


def shown(store: Store, tenant_id: str, speaker_id: str) -> Consent | None:
    with store.reading() as session:
        (found,) = Speakers(session, tenant_id, 12).summaries([speaker_id])
    return found.consent


def test_nobody_is_enrolled_without_where_it_is_required(strict: Kept) -> None:
    with pytest.raises(ConsentRequired):
        strict.enroll("alice")


def test_a_refused_enrolment_makes_no_speaker(strict: Kept) -> None:
    with pytest.raises(ConsentRequired):
        strict.enroll("alice")
    assert strict.names() == set()


def test_a_consent_admits(strict: Kept) -> None:
    strict.enroll("alice", consent=consent())
    assert strict.names() == {"alice"}


def test_a_consent_that_has_expired_does_not_admit(strict: Kept) -> None:
    with pytest.raises(ConsentRequired):
        strict.enroll("alice", consent=consent(now() - timedelta(seconds=1)))


def test_a_speaker_who_has_a_consent_needs_no_second(strict: Kept) -> None:
    for receipt in (consent(), None):
        strict.enroll("alice", consent=receipt)
    assert strict.names() == {"alice"}


def test_a_consent_is_kept_as_it_was_given(store: Store, tenant_id: str, keyring: KeyRing) -> None:
    given = Consent("Alice Example", now(), "minutes", now() + timedelta(days=1))
    Kept(store, tenant_id, keyring).enroll("alice", consent=given.to_json())
    assert shown(store, tenant_id, "alice") == given


def test_a_later_consent_takes_the_place_of_the_first(store: Store, tenant_id: str, keyring: KeyRing) -> None:
    kept = Kept(store, tenant_id, keyring)
    kept.enroll("alice", consent=consent(now() + timedelta(days=1)))
    kept.enroll("alice", consent=consent())
    found = shown(store, tenant_id, "alice")
    assert found
    assert found.expires_at is None
