"""The receipt for an erased speaker: why he was, and what was there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErasureReason(StrEnum):
    """Why a speaker was erased."""

    REQUESTED = "requested"
    CONSENT_EXPIRED = "consent_expired"
    RETENTION = "retention"
    """His voiceprints were older than his tenant keeps them."""


@dataclass(frozen=True)
class Erasure:
    """What was erased: how many of each; ``blob_keys`` name recordings that nobody needs any more."""

    speaker_id: str
    erased_at: datetime
    samples: int
    voiceprints: int
    jobs_scrubbed: int
    blob_keys: tuple[str, ...] = ()
    jobs_canceled: int = 0
