"""Corrections of what jobs found, made after they ended: what differs, and whom it is about."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """What was changed after a job had ended."""

    NAMING = "naming"
    """A voice of a job was given a name, or lost one."""
    REMATCH = "rematch"
    """Strangers of earlier jobs were compared with a speaker again."""
    RENAME = "rename"
    """A speaker has another id."""
    MERGE = "merge"
    """Two speakers became one."""
    UNDO = "undo"
    """An earlier change was taken back."""


class ChangeState(StrEnum):
    """Where a change stands: one that compares voices waits for a worker."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class VoiceName:
    """What a voice is called: an enrolled speaker or None, and the label that tells it from others."""

    speaker_id: str | None
    label: str

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "VoiceName":
        """The name of a segment out of the ledger."""
        return cls(kept["speaker_id"], kept.get("stranger") or kept["label"])


@dataclass(frozen=True)
class Difference:
    """A segment that has another name than before."""

    start_seconds: float
    end_seconds: float
    before: VoiceName
    after: VoiceName


@dataclass(frozen=True)
class CorrectedJob:
    """A job that a change altered, and what differs in its result."""

    job_id: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Correction:
    """A change as its tenant sees it.

    ``speaker_id`` is whom it is about as he is called now; ``other_id`` was called so before a rename, or
    became the other in a merge. ``jobs`` are the first of ``num_jobs``; ``blocked_by`` is the later change
    that stands on it.
    """

    id: str
    kind: str
    state: str
    speaker_id: str | None
    other_id: str | None
    created_at: datetime
    undone_at: datetime | None = None
    undoes: str | None = None
    jobs: tuple[CorrectedJob, ...] = field(default=())
    num_jobs: int = 0
    blocked_by: str | None = None
    can_undo: bool = False
