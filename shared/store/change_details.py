"""What is kept of a change beside the jobs it altered."""

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Details:
    """Whom a change is about, and what undoes it beside the jobs; as JSON in the ledger.

    ``speakers`` are he whom it is about, as he is called now, and the other of a rename or merge. ``scope``
    says what a worker is to compare, ``digest`` tells requests with the same Idempotency-Key apart.
    """

    speakers: tuple[str | None, ...]
    undoing: dict[str, Any] = field(default_factory=dict)
    scope: dict[str, Any] | None = None
    digest: str | None = None

    @property
    def speaker_id(self) -> str | None:
        """Whom it is about."""
        return self.speakers[0]

    @property
    def other_id(self) -> str | None:
        """What he was called before, or who became him."""
        return self.speakers[1] if len(self.speakers) > 1 else None

    def mentioned(self) -> set[str]:
        """Everybody whom it names."""
        warned = (one for kept in self.undoing.get("warnings", {}).values() for one in kept)
        named = {*self.speakers, *(one["speaker_id"] for one in warned)}
        return {one for one in named if one is not None}

    def without(self, speaker_id: str) -> "Details":
        """The same without warnings that name somebody."""
        warnings = {
            sample_id: [one for one in kept if one["speaker_id"] != speaker_id]
            for sample_id, kept in self.undoing.get("warnings", {}).items()
        }
        return replace(self, undoing=self.undoing | ({"warnings": warnings} if warnings else {}))


@dataclass(frozen=True)
class Written:
    """A change in the ledger; after the commit, messages have to be sent for its deliveries and reviews."""

    change_id: str
    delivery_ids: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    """Keys of speakers whose samples changed."""
    is_new: bool = True
    """False if an earlier request wrote it, with the same Idempotency-Key, and had a worker told."""
