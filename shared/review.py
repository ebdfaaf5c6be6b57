"""What comparing enrolled voices with each other finds: odd samples, and speakers who sound alike."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class WarningCode(StrEnum):
    """What is odd about a sample; it is enrolled all the same."""

    DISAGREES_WITH_EARLIER = "disagrees_with_earlier"
    """It is likelier not the voice of the speaker's earlier samples."""
    SOUNDS_LIKE_ANOTHER = "sounds_like_another"
    """It would pass for another enrolled speaker."""


@dataclass(frozen=True)
class SampleWarning:
    """What is odd about a sample, by a score in nats; ``speaker_id`` is whom else it sounds like."""

    code: WarningCode
    score: float
    speaker_id: str | None = None

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "SampleWarning":
        """A warning out of the ledger."""
        return cls(WarningCode(kept["code"]), kept["score"], kept["speaker_id"])

    def to_json(self) -> dict[str, Any]:
        """The form kept in the ledger."""
        return {"code": str(self.code), "score": round(self.score, 2), "speaker_id": self.speaker_id}


@dataclass(frozen=True)
class Agreement:
    """How a sample agrees with its speaker's others: a score in nats, and 0 to 1 that it is one voice."""

    score: float
    confidence: float

    def to_json(self) -> dict[str, Any]:
        """The form kept in the ledger, and shown."""
        return {"score": round(self.score, 2), "confidence": round(self.confidence, 3)}


@dataclass(frozen=True)
class Resemblance:
    """Another speaker who sounds alike: a score in nats, and how likely a stranger reaches it."""

    speaker_id: str
    score: float
    false_accept_probability: float


@dataclass(frozen=True)
class Review:
    """All that was found of a speaker: what is new of his samples by their ids, and who sounds like him.

    ``agreements`` has every sample that was compared, None for an only one.
    """

    warnings: dict[str, list[SampleWarning]]
    agreements: dict[str, Agreement | None]
    resemblances: list[Resemblance]
