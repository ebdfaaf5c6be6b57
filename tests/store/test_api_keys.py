"""API keys: made, used, replaced and revoked, on both databases."""

from datetime import timedelta

import pytest

from shared import apikeys
from shared.crypto import KeyRing
from shared.domain import Scope
from shared.store import Store, api_keys
from shared.store.api_keys import NewKey, UnknownKey
from shared.store.schema import ApiKey, now
from shared.store.tenants import Caller, authenticate, ensure_first_tenant, note_use


class Keys:
    """A tenant's keys."""

    def __init__(self, store: Store, tenant_id: str) -> None:
        self.store, self.tenant_id = store, tenant_id

    def add(self, *scopes: Scope, seconds: float | None = None) -> NewKey:
        expires_at = None if seconds is None else now() + timedelta(seconds=seconds)
        with self.store.writing() as session:
            return api_keys.add(session, self.tenant_id, "a test's", scopes or tuple(Scope), expires_at)

    def caller(self, key: str) -> Caller | None:
        with self.store.reading() as session:
            return authenticate(session, key)

    def rotated(self, key: NewKey, overlap_seconds: float) -> NewKey:
        with self.store.writing() as session:
            return api_keys.rotate(session, key.row.id, overlap_seconds)


@pytest.fixture
def keys(store: Store, tenant_id: str) -> Keys:
    """The first tenant's keys."""
    return Keys(store, tenant_id)


def test_a_new_key_belongs_to_its_tenant(keys: Keys) -> None:
    caller = keys.caller(keys.add().key)
    assert caller
    assert caller.tenant_id == keys.tenant_id


def test_a_key_has_the_scopes_it_was_made_with(keys: Keys) -> None:
    caller = keys.caller(keys.add(Scope.READ, Scope.IDENTIFY).key)
    assert caller
    assert caller.scopes == {Scope.READ, Scope.IDENTIFY}


def test_the_database_does_not_hold_the_key(keys: Keys) -> None:
    made = keys.add()
    with keys.store.reading() as session:
        row = session.get_one(ApiKey, made.row.id)
        kept = [str(getattr(row, column.name)) for column in ApiKey.__table__.columns]
    assert not [value for value in kept if made.key in value or made.key.split("_")[2] in value]


def test_a_revoked_key_is_nobodys(keys: Keys) -> None:
    made = keys.add()
    with keys.store.writing() as session:
        api_keys.revoke(session, made.row.id)
    assert keys.caller(made.key) is None


def test_a_key_is_found_by_what_is_shown_of_it(keys: Keys) -> None:
    made = keys.add()
    with keys.store.writing() as session:
        api_keys.revoke(session, str(apikeys.shown_id(made.key)))
    assert keys.caller(made.key) is None


def test_a_revoked_first_key_stays_revoked_at_the_next_start(keys: Keys, keyring: KeyRing) -> None:
    first = apikeys.generate()
    for _ in range(2):
        with keys.store.writing() as session:
            ensure_first_tenant(session, first, keyring)
            api_keys.revoke(session, str(apikeys.shown_id(first)))
    assert keys.caller(first) is None


def test_an_unknown_key_cannot_be_revoked(keys: Keys) -> None:
    with keys.store.writing() as session, pytest.raises(UnknownKey):
        api_keys.revoke(session, "rc_00000000")


def test_an_expired_key_is_nobodys(keys: Keys) -> None:
    assert keys.caller(keys.add(seconds=-1).key) is None


def test_a_key_that_will_expire_is_good_until_then(keys: Keys) -> None:
    assert keys.caller(keys.add(seconds=60).key)


def test_both_keys_are_good_while_one_takes_the_others_place(keys: Keys) -> None:
    old = keys.add()
    new = keys.rotated(old, overlap_seconds=60)
    assert all(keys.caller(one.key) for one in (old, new))


def test_the_old_key_ends_with_the_overlap(keys: Keys) -> None:
    old = keys.add()
    keys.rotated(old, overlap_seconds=0)
    assert keys.caller(old.key) is None


def test_a_key_keeps_its_scopes_when_it_is_replaced(keys: Keys) -> None:
    new = keys.rotated(keys.add(Scope.READ), overlap_seconds=0)
    caller = keys.caller(new.key)
    assert caller
    assert caller.scopes == {Scope.READ}


def test_the_last_use_is_remembered(keys: Keys) -> None:
    made, moment = keys.add(), now()
    with keys.store.writing() as session:
        note_use(session, made.row.id, moment)
    caller = keys.caller(made.key)
    assert caller
    assert caller.last_used_at == moment
