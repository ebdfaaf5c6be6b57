"""The record of what was done to people's data."""

from typing import Any

from sqlalchemy.orm import Session

from shared.crypto import keyed_hash
from shared.store.schema import AuditRecord

SPEAKER_ERASED = "speaker_erased"


def record(
    session: Session, tenant_id: str, subject: str, action: str, details: dict[str, Any]
) -> AuditRecord:
    """Write what was done to whom."""
    written = AuditRecord(tenant_id=tenant_id, action=action, subject=subject, details=details)
    session.add(written)
    session.flush()
    return written


def subject_of_speaker(data_key: bytes, speaker_id: str) -> str:
    """What the record calls a speaker: who has the tenant's key and asks for an id finds its rows by it."""
    return keyed_hash(data_key, f"audit/speaker/{speaker_id}")
