"""The record of what was done to people's data."""

from typing import Any

from sqlalchemy.orm import Session

from shared.crypto import keyed_hash
from shared.store.schema import AuditRecord

SPEAKER_ERASED = "speaker_erased"


def record_of_speaker(
    session: Session, data_key: bytes, *, tenant_id: str, speaker_id: str, action: str, **details: Any
) -> AuditRecord:
    """Write what was done to a speaker, without his name."""
    record = AuditRecord(
        tenant_id=tenant_id,
        action=action,
        subject=subject_of_speaker(data_key, speaker_id),
        details=details,
    )
    session.add(record)
    session.flush()
    return record


def subject_of_speaker(data_key: bytes, speaker_id: str) -> str:
    """What the record calls a speaker: who has the tenant's key and asks for an id finds its rows by it."""
    return keyed_hash(data_key, f"audit/speaker/{speaker_id}")
