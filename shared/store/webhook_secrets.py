"""The secrets that sign a tenant's webhooks (Standard Webhooks 1.0, "whsec_" and base64)."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.orm import Session

from shared.crypto import KeyRing, seal, unseal
from shared.store.schema import Tenant, WebhookSecret, new_id
from shared.store.tenants import data_key

PREFIX = "whsec_"
# The specification asks for 24 to 64.
SECRET_BYTES = 32


@dataclass(frozen=True)
class SigningSecret:
    """A secret in use; the newest has no end yet."""

    id: str
    secret: str
    created_at: datetime
    expires_at: datetime | None


def in_use(session: Session, tenant_id: str, keyring: KeyRing, moment: datetime) -> list[SigningSecret]:
    """A tenant's secrets, newest first; his first is made when it is asked for."""
    found = _rows(session, tenant_id, moment)
    if not found:
        # Locked, so that two who ask at once do not make one each.
        session.get_one(Tenant, tenant_id, with_for_update=True)
        found = _rows(session, tenant_id, moment) or [_add(session, tenant_id, keyring, moment)]
    return [_opened(session, row, keyring) for row in found]


def rotate(
    session: Session, tenant_id: str, keyring: KeyRing, moment: datetime, overlap_seconds: float
) -> SigningSecret:
    """A new secret; the one before signs as well until the overlap is over, older ones end now."""
    session.get_one(Tenant, tenant_id, with_for_update=True)
    before = _rows(session, tenant_id, moment)
    for place, row in enumerate(before):
        row.expires_at = moment + timedelta(seconds=0 if place else overlap_seconds)
    session.flush()
    added = _add(session, tenant_id, keyring, moment)
    expired = (WebhookSecret.tenant_id == tenant_id, WebhookSecret.expires_at <= moment)
    session.execute(delete(WebhookSecret).where(*expired))
    return _opened(session, added, keyring)


def _rows(session: Session, tenant_id: str, moment: datetime) -> list[WebhookSecret]:
    return list(session.scalars(_UNEXPIRED, {"tenant": tenant_id, "moment": moment}))


# Made once: making it takes longer than answering it.
_UNEXPIRED = (
    select(WebhookSecret)
    .where(
        WebhookSecret.tenant_id == bindparam("tenant"),
        or_(WebhookSecret.expires_at.is_(None), WebhookSecret.expires_at > bindparam("moment")),
    )
    .order_by(WebhookSecret.created_at.desc())
)


def _add(session: Session, tenant_id: str, keyring: KeyRing, moment: datetime) -> WebhookSecret:
    secret_id = new_id()
    text = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    row = WebhookSecret(
        id=secret_id,
        tenant_id=tenant_id,
        ciphertext=seal(data_key(session, tenant_id, keyring), text.encode(), _context(tenant_id, secret_id)),
        created_at=moment,
    )
    session.add(row)
    session.flush()
    return row


def _opened(session: Session, row: WebhookSecret, keyring: KeyRing) -> SigningSecret:
    key = data_key(session, row.tenant_id, keyring)
    text = unseal(key, row.ciphertext, _context(row.tenant_id, row.id)).decode()
    return SigningSecret(row.id, text, row.created_at, row.expires_at)


def _context(tenant_id: str, secret_id: str) -> str:
    return f"webhook-secret/{tenant_id}/{secret_id}"
