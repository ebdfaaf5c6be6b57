"""Managing API keys: made, listed, replaced and revoked. A key itself is shown once and kept nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared import apikeys
from shared.domain import Scope
from shared.store.schema import ApiKey, now


class UnknownKey(Exception):
    """No key goes by this id."""


@dataclass(frozen=True)
class NewKey:
    """A key, as its owner gets to see it this one time."""

    key: str
    row: ApiKey


def add(
    session: Session, tenant_id: str, name: str, scopes: Iterable[Scope], expires_at: datetime | None = None
) -> NewKey:
    """A new key of a tenant."""
    key = apikeys.generate()
    row = ApiKey(
        tenant_id=tenant_id,
        name=name,
        shown_id=apikeys.shown_id(key),
        key_digest=apikeys.digest(key),
        scopes=" ".join(sorted(set(scopes))),
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return NewKey(key, row)


def all_of(session: Session, tenant_id: str | None) -> list[ApiKey]:
    """Every key, or a tenant's, oldest first."""
    query = select(ApiKey).order_by(ApiKey.created_at)
    return list(session.scalars(query if tenant_id is None else query.where(ApiKey.tenant_id == tenant_id)))


def revoke(session: Session, key_id: str) -> ApiKey:
    """End a key at once. Raises UnknownKey."""
    row = find(session, key_id)
    row.revoked_at = row.revoked_at or now()
    return row


def rotate(session: Session, key_id: str, overlap_seconds: float) -> NewKey:
    """A new key with the old one's name, scopes and end; the old one ends after the overlap.

    Raises UnknownKey.
    """
    old = find(session, key_id)
    new = add(session, old.tenant_id, old.name, map(Scope, old.scopes.split()), old.expires_at)
    ends_at = now() + timedelta(seconds=overlap_seconds)
    old.expires_at = min(ends_at, old.expires_at) if old.expires_at else ends_at
    return new


def find(session: Session, key_id: str, tenant_id: str | None = None) -> ApiKey:
    """By the row's id, or by what is shown of the key; any tenant's, or one's. Raises UnknownKey."""
    query = select(ApiKey).where(or_(ApiKey.id == key_id, ApiKey.shown_id == key_id))
    row = session.scalar(query if tenant_id is None else query.where(ApiKey.tenant_id == tenant_id))
    if row is None:
        raise UnknownKey(key_id)
    return row
