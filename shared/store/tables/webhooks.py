"""Webhooks: what has to be sent where, what attempts met, how receivers fare, and what signs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables.base import Base, new_id, now

HASH_LENGTH = 64


class Delivery(Base):
    """A webhook body that has to reach its receiver, stored once and sent as stored.

    Address and body are sealed (`shared.store.row_seals`); hashes stand for host and receiver
    (`shared.store.endpoints`). ``attempts`` counts since the schedule was last started, and ``attempts_ever``
    numbers all. ``job_id`` is None for a test event; ``change_id`` is that of a change of names it tells of.
    ``queued_at`` is when a message was last sent for it, and ``schedule_started_at`` when its first attempt
    was due, also after it was started anew.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_state_next", "state", "next_attempt_at"),
        Index("ix_deliveries_host_key_leased", "host_key", "leased_until"),
        Index("ix_deliveries_tenant_leased", "tenant_id", "leased_until"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[str | None] = mapped_column(index=True)
    sealed_url: Mapped[bytes]
    sealed_body: Mapped[bytes]
    host_key: Mapped[str] = mapped_column(String(HASH_LENGTH))
    endpoint_key: Mapped[str] = mapped_column(String(HASH_LENGTH))
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    attempts_ever: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    queued_at: Mapped[datetime] = mapped_column(default=now)
    schedule_started_at: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """What one attempt met: a status code and the beginning of the answer, or the reason there was none.

    The answer is sealed. A number is used once, so that no attempt is recorded twice.
    """

    __tablename__ = "delivery_attempts"
    __table_args__ = (UniqueConstraint("delivery_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"))
    number: Mapped[int]
    attempted_at: Mapped[datetime] = mapped_column(default=now)
    duration_seconds: Mapped[float]
    status_code: Mapped[int | None]
    error: Mapped[str | None]
    sealed_answer: Mapped[bytes | None]


class WebhookHost(Base):
    """A host with its port, by a hash; its row is locked while somebody counts what is under way to it."""

    __tablename__ = "webhook_hosts"

    key: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)


class WebhookEndpoint(Base):
    """A receiver that is in trouble: no row means that it is well.

    ``failures`` came one after the other; until ``suspended_until`` nothing is sent to it.
    """

    __tablename__ = "webhook_endpoints"

    key: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    failures: Mapped[int] = mapped_column(default=0)
    suspended_until: Mapped[datetime | None]


class WebhookSecret(Base):
    """An encrypted secret that signs a tenant's webhooks, until it expires."""

    __tablename__ = "webhook_secrets"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    ciphertext: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
