"""Tenants, their keys, and how much they used."""

from datetime import datetime

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from shared.domain import ALL_SCOPES
from shared.store.tables.base import Base, new_id, now

EVERY_SCOPE = " ".join(sorted(ALL_SCOPES))


class Tenant(Base):
    """A customer. Everything below belongs to one."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    wrapped_key: Mapped[bytes]
    monthly_quota_seconds: Mapped[float | None]
    requests_per_minute: Mapped[int | None]
    max_waiting_jobs: Mapped[int | None]
    requires_consent: Mapped[bool] = mapped_column(default=False, server_default=false())
    # How long results, and voiceprints after a speaker's newest sample, are kept; None: for ever.
    results_days: Mapped[float | None]
    voiceprints_days: Mapped[float | None]
    # Whether strangers keep their labels from one recording to the next; None: as the settings say.
    recognises_strangers: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ApiKey(Base):
    """A key of a tenant: only its digest is kept, and the part of it that may be shown.

    ``scopes`` are names of `Scope` with blanks between them.
    """

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(default="", server_default="")
    shown_id: Mapped[str | None] = mapped_column(unique=True)
    key_digest: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[str] = mapped_column(default=EVERY_SCOPE, server_default=EVERY_SCOPE)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Usage(Base):
    """What a tenant had processed in a calendar month (UTC), written as 2026-11."""

    __tablename__ = "usage"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    audio_seconds: Mapped[float] = mapped_column(default=0.0)
    jobs: Mapped[int] = mapped_column(default=0, server_default="0")
