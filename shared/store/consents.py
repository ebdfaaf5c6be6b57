"""The consents that speakers are kept under."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared.consent import Consent
from shared.errors import ConsentRequired
from shared.store.schema import Speaker, Tenant, now


def require(session: Session, tenant_id: str, speaker_id: str, given: dict[str, Any] | None) -> None:
    """See that a speaker may be enrolled: with the receipt that was given, or under one that he has.

    Raises ConsentRequired for a receipt that has expired, and for none where the tenant requires one.
    """
    if given is not None:
        if not Consent.from_json(given).holds_at(now()):
            raise ConsentRequired("consent has expired; send one that holds.", field="consent")
        return
    if not session.scalar(select(Tenant.requires_consent).where(Tenant.id == tenant_id)):
        return
    speaker = session.scalar(
        select(Speaker).where(Speaker.tenant_id == tenant_id, Speaker.speaker_id == speaker_id)
    )
    if speaker is None or speaker.consent is None or not Consent.from_json(speaker.consent).holds_at(now()):
        raise ConsentRequired(
            "consent is missing; this service enrols nobody without: send who gave it, when, and for what.",
            field="consent",
        )


def keep(session: Session, speaker_key: str, given: dict[str, Any] | None) -> None:
    """Keep a receipt with a speaker, in place of the one before; None leaves that."""
    if given is None:
        return
    expires_at = Consent.from_json(given).expires_at
    session.execute(
        update(Speaker).where(Speaker.id == speaker_key).values(consent=given, consent_expires_at=expires_at)
    )


def later(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    """Of two receipts of one person the one that was given later, as with a second enrolment."""
    given = [kept for kept in (one, other) if kept is not None]
    return max(given, key=lambda kept: Consent.from_json(kept).given_at, default=None)
