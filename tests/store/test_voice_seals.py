"""Whose key opens which voiceprint, on both databases."""

import pytest
from sqlalchemy import select, update

from shared.crypto import DecryptionError, KeyRing
from shared.store import Store
from shared.store.schema import Speaker, Tenant, Voiceprint
from shared.store.speakers import Speakers
from shared.store.tenants import data_key, rewrap_keys
from tests.store.stored import MODEL, Kept


@pytest.fixture
def kept(store: Store, tenant_id: str, keyring: KeyRing) -> Kept:
    """A tenant with two speakers."""
    both = Kept(store, tenant_id, keyring)
    both.enroll("alice")
    both.enroll("bob")
    return both


def read(kept: Kept, keyring: KeyRing, model_id: str = MODEL) -> int:
    """How many voiceprints open."""
    with kept.store.reading() as session:
        key = data_key(session, kept.tenant_id, keyring)
        return len(Speakers(session, kept.tenant_id, 12).voiceprints(None, model_id=model_id, data_key=key))


def test_speakers_have_keys_of_their_own(kept: Kept) -> None:
    assert len({one.wrapped_key for one in kept.all(Speaker)}) == 2


def test_a_key_moved_to_another_speaker_does_not_open(kept: Kept, keyring: KeyRing) -> None:
    first, second = kept.all(Speaker)
    with kept.store.writing() as session:
        session.execute(update(Speaker).where(Speaker.id == first.id).values(wrapped_key=second.wrapped_key))
    with pytest.raises(DecryptionError):
        read(kept, keyring)


def test_a_voiceprint_does_not_open_as_another_models(kept: Kept, keyring: KeyRing) -> None:
    with kept.store.writing() as session:
        session.execute(update(Voiceprint).values(model_id="embedded@2"))
    with pytest.raises(DecryptionError):
        read(kept, keyring, "embedded@2")


def test_a_speaker_enrolled_again_does_not_get_the_old_key(kept: Kept, store: Store) -> None:
    with store.reading() as session:
        before = session.scalar(select(Speaker.wrapped_key).where(Speaker.speaker_id == "alice"))
    kept.erase("alice")
    kept.enroll("alice")
    with store.reading() as session:
        after = session.scalar(select(Speaker.wrapped_key).where(Speaker.speaker_id == "alice"))
    assert before != after


# Another master key

OLD, NEW = b"m" * 32, b"n" * 32


def test_an_earlier_master_key_still_opens(kept: Kept) -> None:
    assert read(kept, KeyRing(NEW, [OLD])) == 2


def test_rewrapped_keys_open_without_the_earlier_one(kept: Kept, store: Store) -> None:
    with store.writing() as session:
        rewrap_keys(session, KeyRing(NEW, [OLD]))
    assert read(kept, KeyRing(NEW)) == 2


def test_rewrapped_keys_do_not_open_with_the_earlier_one(kept: Kept, store: Store) -> None:
    with store.writing() as session:
        rewrap_keys(session, KeyRing(NEW, [OLD]))
    with pytest.raises(DecryptionError):
        read(kept, KeyRing(OLD))


def test_rewrapping_reaches_all_tenants(kept: Kept, store: Store, keyring: KeyRing) -> None:
    with store.writing() as session:
        session.add(Tenant(id="other", name="other", wrapped_key=keyring.new_wrapped_key("other")))
    with store.writing() as session:
        assert rewrap_keys(session, KeyRing(NEW, [OLD])) == (2, 0)


def test_rewrapping_again_changes_nothing(kept: Kept, store: Store) -> None:
    with store.writing() as session:
        rewrap_keys(session, KeyRing(NEW, [OLD]))
    with store.writing() as session:
        assert rewrap_keys(session, KeyRing(NEW, [OLD])) == (0, 1)


def test_a_key_that_nothing_opens_is_not_rewrapped(kept: Kept, store: Store) -> None:
    with store.writing() as session, pytest.raises(DecryptionError):
        rewrap_keys(session, KeyRing(NEW))
