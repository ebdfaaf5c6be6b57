"""Changes of names after jobs have ended, and what undoes them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables.base import Base, new_id, now


class Change(Base):
    """One change of names, or an undo.

    ``sealed_details`` tell whom it is about and what undoes it; ``mentions`` are hashes of everybody it names
    anywhere, with blanks between them, by which an erasure finds it. ``undoes`` is the change that an undo
    takes back.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_tenant_created", "tenant_id", "created_at", "id"),
        Index("ix_changes_state_queued", "state", "queued_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    kind: Mapped[str]
    state: Mapped[str]
    sealed_details: Mapped[bytes]
    mentions: Mapped[str] = mapped_column(Text)
    undoes: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]
    # Of one that waits for a worker: when a message was last sent for it, and how often it was taken.
    queued_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)


class ChangedJob(Base):
    """What a change made of a job, sealed; ``num_differences`` of its segments have another name by it."""

    __tablename__ = "changed_jobs"

    change_id: Mapped[str] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), primary_key=True)
    job_id: Mapped[str] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    num_differences: Mapped[int]
    sealed_patch: Mapped[bytes]
