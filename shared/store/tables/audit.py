"""What was done to people's data, and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables.base import Base, new_id, now


class AuditRecord(Base):
    """One deed. ``subject`` is a keyed hash of whom it was done to, so that the row names nobody."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_tenant_at", "tenant_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    action: Mapped[str]
    subject: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    details: Mapped[dict[str, Any]]
