"""Tenants, and who of them is calling."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import Connection, Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from shared import apikeys
from shared.crypto import KeyRing
from shared.domain import ALL_SCOPES, Scope
from shared.store.schema import ApiKey, Tenant, new_id, now

_KEYS, _TENANTS = cast(Table, ApiKey.__table__), cast(Table, Tenant.__table__)
# Every request asks these. Made once, of the tables and not of their classes: that takes a tenth of the time.
_OWNER = (
    select(
        _KEYS.c.id,
        _KEYS.c.tenant_id,
        _KEYS.c.key_digest,
        _KEYS.c.scopes,
        _KEYS.c.last_used_at,
        _TENANTS.c.monthly_quota_seconds,
        _TENANTS.c.requests_per_minute,
        _TENANTS.c.max_waiting_jobs,
    )
    .join(_TENANTS, _KEYS.c.tenant_id == _TENANTS.c.id)
    .where(
        _KEYS.c.key_digest == bindparam("digest"),
        _KEYS.c.revoked_at.is_(None),
        or_(_KEYS.c.expires_at.is_(None), _KEYS.c.expires_at > bindparam("moment")),
    )
)
_WRAPPED_KEY = select(_TENANTS.c.wrapped_key).where(_TENANTS.c.id == bindparam("tenant"))


@dataclass(frozen=True)
class Caller:
    """Who a request comes from, after authentication, and what he may do.

    ``monthly_quota_seconds`` of audio, ``requests_per_minute`` and ``max_waiting_jobs``; None: as many as the
    settings say.
    """

    tenant_id: str
    monthly_quota_seconds: float | None = None
    requests_per_minute: int | None = None
    max_waiting_jobs: int | None = None
    key_id: str = ""
    scopes: frozenset[Scope] = field(default=ALL_SCOPES)
    last_used_at: datetime | None = None


def authenticate(session: Session | Connection, key: str) -> Caller | None:
    """The owner of an API key; None for a key that is unknown, revoked or expired."""
    found = session.execute(_OWNER, {"digest": apikeys.digest(key), "moment": now()}).first()
    if found is None or not apikeys.is_of(key, found.key_digest):
        return None
    return Caller(
        found.tenant_id,
        found.monthly_quota_seconds,
        found.requests_per_minute,
        found.max_waiting_jobs,
        found.id,
        _scopes_of(found.scopes),
        found.last_used_at,
    )


@cache
def _scopes_of(written: str) -> frozenset[Scope]:
    return frozenset(Scope(scope) for scope in written.split())


def note_use(session: Session, key_id: str, moment: datetime) -> None:
    """Remember when a key was used."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=moment))


def ensure_first_tenant(session: Session, key: str, keyring: KeyRing) -> None:
    """Give ``key`` to the first tenant, who is made if there is none yet. Repeating it changes nothing.

    A key that was revoked or has expired stays so.
    """
    if session.scalar(select(ApiKey.id).where(ApiKey.key_digest == apikeys.digest(key))):
        return
    tenant = session.scalars(select(Tenant).order_by(Tenant.created_at).limit(1)).first()
    tenant_id = tenant.id if tenant else add_tenant(session, "first", keyring)
    session.add(
        ApiKey(
            tenant_id=tenant_id,
            name="bootstrap",
            shown_id=apikeys.shown_id(key),
            key_digest=apikeys.digest(key),
        )
    )


def add_tenant(session: Session, name: str, keyring: KeyRing) -> str:
    """The id of a new tenant, who has a data key and no API key yet."""
    tenant_id = new_id()
    session.add(Tenant(id=tenant_id, name=name, wrapped_key=keyring.new_wrapped_key(tenant_id)))
    session.flush()
    return tenant_id


def data_key(session: Session, tenant_id: str, keyring: KeyRing) -> bytes:
    """The key that a tenant's records are encrypted with."""
    # One transaction asks for it several times, and the session keeps no row that nobody else holds.
    known: dict[str, bytes] = session.info.setdefault("data_keys", {})
    if tenant_id not in known:
        wrapped = session.scalars(_WRAPPED_KEY, {"tenant": tenant_id}).one()
        known[tenant_id] = keyring.unwrap(wrapped, tenant_id)
    return known[tenant_id]


def rewrap_keys(session: Session, keyring: KeyRing) -> tuple[int, int]:
    """Wrap every tenant's key by the present master key: how many were, and how many had been before.

    Raises DecryptionError for a key that no master key opens.
    """
    rewrapped = present = 0
    for tenant in session.scalars(select(Tenant).with_for_update()):
        wrapped = keyring.rewrap(tenant.wrapped_key, tenant.id)
        if wrapped is None:
            present += 1
        else:
            tenant.wrapped_key = wrapped
            rewrapped += 1
    return rewrapped, present
