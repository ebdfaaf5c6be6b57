"""Enrolled speakers, their samples and voiceprints."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables.base import Base, new_id, now


class Speaker(Base):
    """A person whose voice a tenant has enrolled, under the tenant's own id.

    ``wrapped_key`` opens his voiceprints, and with the row it is gone. ``consent`` is a `Consent` as JSON,
    whose end stands in ``consent_expires_at`` as well.
    """

    __tablename__ = "speakers"
    __table_args__ = (UniqueConstraint("tenant_id", "speaker_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    speaker_id: Mapped[str]
    wrapped_key: Mapped[bytes]
    consent: Mapped[dict[str, Any] | None]
    consent_expires_at: Mapped[datetime | None] = mapped_column(index=True)
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
