"""The tables. A change here needs a migration in ``shared/store/migrations/versions``."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, MetaData, String, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite would otherwise forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of the tables. Constraints have names, so that later migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[dict[str, Any]]: JSON(none_as_null=True),
        bytes: LargeBinary,
        str: String(255),
    }


def new_id() -> str:
    """A random id for a row."""
    return str(uuid.uuid4())


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(UTC)


class Tenant(Base):
    """A customer. Everything below belongs to one."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    wrapped_key: Mapped[bytes]
    monthly_quota_seconds: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ApiKey(Base):
    """A key of a tenant: only its digest is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    key_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]


class Speaker(Base):
    """A person whose voice a tenant has enrolled, under the tenant's own id."""

    __tablename__ = "speakers"
    __table_args__ = (UniqueConstraint("tenant_id", "speaker_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    speaker_id: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    # When his samples last changed without a review since; see shared.store.reviews.
    review_due_at: Mapped[datetime | None] = mapped_column(index=True)


class ConfusablePair(Base):
    """Two speakers of a tenant who sound alike; the lesser key comes first."""

    __tablename__ = "confusable_pairs"
    __table_args__ = (
        Index("ix_confusable_pairs_tenant_score", "tenant_id", "score", "first_key", "second_key"),
    )

    first_key: Mapped[str] = mapped_column(ForeignKey("speakers.id", ondelete="CASCADE"), primary_key=True)
    second_key: Mapped[str] = mapped_column(
        ForeignKey("speakers.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    score: Mapped[float]
    false_accept_probability: Mapped[float]


class Sample(Base):
    """One enrolment recording, in numbers; the audio itself is not kept.

    ``warnings`` are `SampleWarning` as JSON, None until it was compared with others; ``agreement`` is its
    `Agreement` with the speaker's other samples, None where there is no other.
    """

    __tablename__ = "samples"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    speaker_key: Mapped[str] = mapped_column(ForeignKey("speakers.id", ondelete="CASCADE"), index=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    job_id: Mapped[str]
    audio_seconds: Mapped[float]
    speech_seconds: Mapped[float]
    quality: Mapped[dict[str, Any] | None]
    provenance: Mapped[dict[str, Any] | None]
    warnings: Mapped[list[dict[str, Any]] | None]
    agreement: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Voiceprint(Base):
    """The encrypted embedding of one sample, bound to the model that made it."""

    __tablename__ = "voiceprints"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sample_id: Mapped[str] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"), index=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    model_id: Mapped[str]
    ciphertext: Mapped[bytes]


class Job(Base):
    """One accepted request and all that became of it."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id"),
        Index("ix_jobs_state_queue", "state", "queue"),
        Index("ix_jobs_tenant_created", "tenant_id", "created_at", "id"),
        Index("ix_jobs_state_heartbeat", "state", "heartbeat_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    request_id: Mapped[str]
    request_digest: Mapped[str]
    kind: Mapped[str]
    dialect: Mapped[str] = mapped_column(default="deepaffects", server_default="deepaffects")
    queue: Mapped[str]
    state: Mapped[str]
    blob_key: Mapped[str | None] = mapped_column(String(1024))
    audio_url: Mapped[str | None] = mapped_column(String(8192))
    encoding: Mapped[str] = mapped_column(default="")
    sample_rate_hertz: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(default="")
    parameters: Mapped[dict[str, Any]]
    webhook_url: Mapped[str | None] = mapped_column(String(8192))
    caller_metadata: Mapped[dict[str, Any] | None]
    audio_seconds: Mapped[float | None]
    model_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    queued_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    claim_token: Mapped[str | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]


class JobVoices(Base):
    """The encrypted embeddings of a job's segments, one row of a matrix each, for enrolment without audio."""

    __tablename__ = "job_voices"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    model_id: Mapped[str]
    ciphertext: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Usage(Base):
    """Seconds of audio that a tenant had processed in a calendar month (UTC), written as 2026-11."""

    __tablename__ = "usage"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    audio_seconds: Mapped[float] = mapped_column(default=0.0)


class Delivery(Base):
    """A webhook body that has to reach its receiver, stored once and sent as stored."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_state_next", "state", "next_attempt_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(String(8192))
    body: Mapped[bytes]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """What one attempt met: a status code, or the reason there was none."""

    __tablename__ = "delivery_attempts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    attempted_at: Mapped[datetime] = mapped_column(default=now)
    duration_seconds: Mapped[float]
    status_code: Mapped[int | None]
    error: Mapped[str | None]
