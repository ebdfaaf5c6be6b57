"""Signing secrets: made once, rotated with an overlap, unreadable in the database."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select

from shared.crypto import DecryptionError, KeyRing
from shared.store import Store, webhook_secrets
from shared.store.schema import WebhookSecret, now
from shared.store.webhook_secrets import SigningSecret

OVERLAP_SECONDS = 100


class Secrets:
    """A tenant's secrets at moments of the test's choice."""

    def __init__(self, store: Store, tenant_id: str, keyring: KeyRing) -> None:
        self.store, self.tenant_id, self.keyring = store, tenant_id, keyring
        self.started = now()

    def in_use(self, seconds: float = 0) -> list[SigningSecret]:
        moment = self.started + timedelta(seconds=seconds)
        with self.store.writing() as session:
            return webhook_secrets.in_use(session, self.tenant_id, self.keyring, moment)

    def rotate(self, seconds: float, overlap_seconds: float = OVERLAP_SECONDS) -> SigningSecret:
        moment = self.started + timedelta(seconds=seconds)
        with self.store.writing() as session:
            return webhook_secrets.rotate(session, self.tenant_id, self.keyring, moment, overlap_seconds)


@pytest.fixture
def signing(store: Store, tenant_id: str, keyring: KeyRing) -> Secrets:
    """A tenant's signing secrets."""
    return Secrets(store, tenant_id, keyring)


def test_the_first_secret_is_kept(signing: Secrets) -> None:
    assert signing.in_use() == signing.in_use()


def test_a_secret_has_the_form_of_the_standard(signing: Secrets) -> None:
    prefix, _, encoded = signing.in_use()[0].secret.partition("_")
    assert (prefix, len(base64.b64decode(encoded))) == ("whsec", 32)


def test_both_secrets_sign_during_the_overlap(signing: Secrets) -> None:
    before = signing.in_use()[0].secret
    after = signing.rotate(10).secret
    assert [one.secret for one in signing.in_use(20)] == [after, before]


def test_only_the_new_secret_signs_after_the_overlap(signing: Secrets) -> None:
    signing.in_use()
    after = signing.rotate(10).secret
    assert [one.secret for one in signing.in_use(11 + OVERLAP_SECONDS)] == [after]


def test_a_rotation_without_overlap_ends_the_secret_before_at_once(signing: Secrets) -> None:
    signing.in_use()
    after = signing.rotate(10, overlap_seconds=0).secret
    assert [one.secret for one in signing.in_use(10)] == [after]


def test_never_more_than_two_secrets_sign(signing: Secrets) -> None:
    signing.in_use()
    second, third = signing.rotate(10).secret, signing.rotate(20).secret
    assert [one.secret for one in signing.in_use(21)] == [third, second]


def test_the_database_does_not_hold_the_secret(signing: Secrets) -> None:
    secret = signing.in_use()[0].secret
    with signing.store.reading() as session:
        kept = session.scalars(select(WebhookSecret.ciphertext)).one()
    assert secret.encode() not in kept


def test_another_master_key_does_not_open_a_secret(signing: Secrets) -> None:
    signing.in_use()
    signing.keyring = KeyRing(b"x" * 32)
    with pytest.raises(DecryptionError):
        signing.in_use()
