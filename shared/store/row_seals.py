"""What rows keep sealed by their tenant's data key: addresses, bodies of webhooks, and receivers' answers.

An address often gives access to what is behind it, a body tells who speaks when, and an answer may repeat
both. Each ciphertext is bound to its tenant, row and column: moved elsewhere, it does not open.
"""

import json
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from shared.crypto import KeyRing, keyed_hash, seal, unseal
from shared.store.schema import Delivery, DeliveryAttempt, Job
from shared.store.tenants import data_key


class Column(StrEnum):
    """What is sealed. Ciphertexts are bound to these words, which therefore stay."""

    AUDIO_URL = "audio-url"
    JOB_WEBHOOK = "job-webhook"
    DELIVERY_URL = "delivery-url"
    DELIVERY_BODY = "delivery-body"
    ANSWER = "delivery-answer"
    CHANGE_DETAILS = "change-details"
    JOB_PATCH = "job-patch"


class RowSeal:
    """Seals and opens what rows of one tenant keep. Opening raises DecryptionError."""

    def __init__(self, tenant_id: str, key: bytes) -> None:
        self._tenant_id = tenant_id
        self._key = key

    def sealed(self, column: Column, row_id: str, plain: bytes) -> bytes:
        """A ciphertext that opens in this column of this row only."""
        return seal(self._key, plain, self._place(column, row_id))

    def sealed_text(self, column: Column, row_id: str, text: str | None) -> bytes | None:
        """The same of text; None for none."""
        return None if text is None else self.sealed(column, row_id, text.encode())

    def audio_url_of(self, job: Job) -> str | None:
        """Where a job's audio is to be fetched from."""
        return self._text(Column.AUDIO_URL, job.id, job.sealed_audio_url)

    def webhook_of(self, job: Job) -> str | None:
        """Where a job's end is to be told."""
        return self._text(Column.JOB_WEBHOOK, job.id, job.sealed_webhook_url)

    def url_of(self, delivery: Delivery) -> str:
        """Where a delivery goes."""
        return self._opened(Column.DELIVERY_URL, delivery.id, delivery.sealed_url).decode()

    def body_of(self, delivery: Delivery) -> bytes:
        """What a delivery brings, the same bytes each time."""
        return self._opened(Column.DELIVERY_BODY, delivery.id, delivery.sealed_body)

    def answer_of(self, attempt: DeliveryAttempt) -> str | None:
        """The beginning of what a receiver answered."""
        return self._text(Column.ANSWER, attempt.id, attempt.sealed_answer)

    def sealed_json(self, column: Column, row_id: str, value: Any) -> bytes:
        """A ciphertext of JSON."""
        return self.sealed(column, row_id, json.dumps(value).encode())

    def json_of(self, column: Column, row_id: str, ciphertext: bytes) -> Any:
        """Inverse of `sealed_json`."""
        return json.loads(self._opened(column, row_id, ciphertext))

    def hash(self, text: str) -> str:
        """64 hex digits that stand for a text among the tenant's, and tell nobody else anything."""
        return keyed_hash(self._key, text)

    def _text(self, column: Column, row_id: str, ciphertext: bytes | None) -> str | None:
        return None if ciphertext is None else self._opened(column, row_id, ciphertext).decode()

    def _opened(self, column: Column, row_id: str, ciphertext: bytes) -> bytes:
        return unseal(self._key, ciphertext, self._place(column, row_id))

    def _place(self, column: Column, row_id: str) -> str:
        return f"{column}/{self._tenant_id}/{row_id}"


def row_seal(session: Session, tenant_id: str, keyring: KeyRing) -> RowSeal:
    """The seal of a tenant's rows. Raises DecryptionError."""
    return RowSeal(tenant_id, data_key(session, tenant_id, keyring))


def webhook_of(session: Session, job: Job, keyring: KeyRing) -> str | None:
    """Where a job's end is to be told; asks for no key if it is not. Raises DecryptionError."""
    if job.sealed_webhook_url is None:
        return None
    return row_seal(session, job.tenant_id, keyring).webhook_of(job)
