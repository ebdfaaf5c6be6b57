"""Tenants and their keys."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import apikeys
from shared.crypto import KeyRing
from shared.store.schema import ApiKey, Tenant, new_id


@dataclass(frozen=True)
class Caller:
    """Who a request comes from, after authentication, and how much audio a month may have; None: any."""

    tenant_id: str
    monthly_quota_seconds: float | None = None


def authenticate(session: Session, key: str) -> Caller | None:
    """The owner of an API key; None for a key that is unknown or revoked."""
    found = session.execute(
        select(Tenant.id, Tenant.monthly_quota_seconds)
        .join(ApiKey, ApiKey.tenant_id == Tenant.id)
        .where(ApiKey.key_digest == apikeys.digest(key), ApiKey.revoked_at.is_(None))
    ).first()
    return Caller(*found) if found else None


def ensure_first_tenant(session: Session, key: str, keyring: KeyRing) -> None:
    """Give ``key`` to the first tenant, who is made if there is none yet. Repeating it changes nothing."""
    if authenticate(session, key):
        return
    tenant = session.scalars(select(Tenant).order_by(Tenant.created_at).limit(1)).first()
    if tenant is None:
        tenant_id = new_id()
        tenant = Tenant(id=tenant_id, name="first", wrapped_key=keyring.new_wrapped_key(tenant_id))
        session.add(tenant)
        session.flush()
    session.add(ApiKey(tenant_id=tenant.id, key_digest=apikeys.digest(key)))


def data_key(session: Session, tenant_id: str, keyring: KeyRing) -> bytes:
    """The key that a tenant's records are encrypted with."""
    tenant = session.get_one(Tenant, tenant_id)
    return keyring.unwrap(tenant.wrapped_key, tenant_id)
