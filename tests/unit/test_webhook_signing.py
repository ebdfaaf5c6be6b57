"""Signatures, verified by the reference library of Standard Webhooks."""

import base64
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from shared.store.schema import now
from worker.webhooks.signing import signed_headers

FIRST, SECOND, OTHER = ("whsec_" + base64.b64encode(letter * 32).decode() for letter in (b"a", b"b", b"c"))
BODY = b'{"type": "job.succeeded", "name": "Zo\\u00eb"}'


def test_a_receiver_verifies_a_signature_with_its_secret() -> None:
    Webhook(FIRST).verify(BODY, signed_headers([FIRST], "msg", now(), BODY))


@pytest.mark.parametrize("secret", [FIRST, SECOND])
def test_each_of_two_secrets_verifies_while_they_change(secret: str) -> None:
    Webhook(secret).verify(BODY, signed_headers([FIRST, SECOND], "msg", now(), BODY))


def test_another_secret_does_not_verify() -> None:
    headers = signed_headers([FIRST], "msg", now(), BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


def test_a_changed_body_does_not_verify() -> None:
    headers = signed_headers([FIRST], "msg", now(), BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(FIRST).verify(BODY + b" ", headers)


def test_an_old_attempt_cannot_be_replayed() -> None:
    headers = signed_headers([FIRST], "msg", now() - timedelta(minutes=10), BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(FIRST).verify(BODY, headers)
