"""Names that were corrected after jobs had ended."""

from dataclasses import dataclass, field
from datetime import datetime

from client.resources.reading import Json, moment, moment_or_none


@dataclass(frozen=True)
class VoiceName:
    """What a voice is called; a stranger has no ``speaker_id``."""

    speaker_id: str | None
    label: str

    @property
    def name(self) -> str:
        """The speaker's id; a stranger's label."""
        return self.speaker_id or self.label

    @classmethod
    def from_json(cls, fields: Json) -> "VoiceName":
        """What a voice is called."""
        return cls(fields["speaker"], fields["label"])


@dataclass(frozen=True)
class Difference:
    """A segment that has another name than before."""

    start_seconds: float
    end_seconds: float
    before: VoiceName
    after: VoiceName

    @classmethod
    def from_json(cls, fields: Json) -> "Difference":
        """A difference."""
        names = VoiceName.from_json(fields["before"]), VoiceName.from_json(fields["after"])
        return cls(fields["start"], fields["end"], *names)


@dataclass(frozen=True)
class ChangedJob:
    """A job whose result names somebody else now."""

    id: str
    differences: tuple[Difference, ...]

    @classmethod
    def from_json(cls, fields: Json) -> "ChangedJob":
        """A job of a change."""
        return cls(fields["id"], tuple(map(Difference.from_json, fields["differences"])))


@dataclass(frozen=True)
class Change:
    """A change of names: a naming, rematch, rename, merge, or an undo of one (which it ``undoes``).

    ``speaker_id`` is whom it is about, as he is called after it, None for nobody; ``other_id`` what he was
    called before, or who was merged with him. ``jobs`` are the first of the ``num_jobs`` that it altered.
    ``blocked_by`` is the later change that has to be undone before it.
    """

    id: str
    kind: str
    status: str
    speaker_id: str | None
    other_id: str | None
    created_at: datetime
    undone_at: datetime | None
    undoes: str | None
    num_jobs: int
    jobs: tuple[ChangedJob, ...]
    can_undo: bool
    blocked_by: str | None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_pending(self) -> bool:
        """Whether a worker is still comparing voices for it."""
        return self.status == "pending"

    @classmethod
    def from_json(cls, fields: Json) -> "Change":
        """A change."""
        return cls(
            fields["id"],
            fields["kind"],
            fields["status"],
            fields["speaker"],
            fields["other"],
            moment(fields["created_at"]),
            moment_or_none(fields["undone_at"]),
            fields["undoes"],
            fields["num_jobs"],
            tuple(map(ChangedJob.from_json, fields["jobs"])),
            fields["can_undo"],
            fields["blocked_by"],
            raw=fields,
        )


@dataclass(frozen=True)
class JobCorrection:
    """A change as the webhook of one of its jobs is told of it."""

    change_id: str
    kind: str
    speaker_id: str | None
    other_id: str | None
    undoes: str | None
    differences: tuple[Difference, ...]

    @classmethod
    def from_json(cls, fields: Json) -> "JobCorrection":
        """The change in a webhook."""
        return cls(
            fields["id"],
            fields["kind"],
            fields["speaker"],
            fields["other"],
            fields["undoes"],
            tuple(map(Difference.from_json, fields["differences"])),
        )
