"""Jobs, and the voices that they heard."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared import versions
from shared.store.tables.base import Base, new_id, now


class Job(Base):
    """One accepted request and all that became of it."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id"),
        Index("ix_jobs_waiting", "state", "queue", "turn", "created_at"),
        Index("ix_jobs_tenant_turns", "tenant_id", "queue", "turn"),
        Index("ix_jobs_tenant_state", "tenant_id", "state", "queue"),
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
    # Who of those that wait comes first: lowest first; see shared.store.turns.
    turn: Mapped[float] = mapped_column(default=0.0, server_default="0")
    blob_key: Mapped[str | None] = mapped_column(String(1024))
    # Sealed; see shared.store.row_seals.
    sealed_audio_url: Mapped[bytes | None]
    encoding: Mapped[str] = mapped_column(default="")
    sample_rate_hertz: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(default="")
    parameters: Mapped[dict[str, Any]]
    sealed_webhook_url: Mapped[bytes | None]
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
    # Of the request that asked for it: what its lines in the log have, and its place in a trace.
    http_request_id: Mapped[str | None] = mapped_column(String(128))
    trace_parent: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    # What a worker must know to do it; a process from before there were versions writes none.
    schema_version: Mapped[int] = mapped_column(default=lambda: versions.SCHEMA_VERSION, server_default="1")


class JobVoices(Base):
    """The encrypted embeddings of a job's segments, one row of a matrix each, for enrolment without audio."""

    __tablename__ = "job_voices"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    model_id: Mapped[str]
    ciphertext: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class HeardVoice(Base):
    """The encrypted point of one voice of a job, by which it is compared again without audio.

    Kept and forgotten with the job's `JobVoices`. ``label`` is the voice's in the result; ``stranger`` is
    what a stranger is called in all of the tenant's recordings, None for who has a name or no such label.
    """

    __tablename__ = "heard_voices"
    __table_args__ = (Index("ix_heard_voices_tenant_created", "tenant_id", "created_at"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    stranger: Mapped[str | None]
    model_id: Mapped[str]
    line: Mapped[str]
    windows: Mapped[float]
    ciphertext: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
