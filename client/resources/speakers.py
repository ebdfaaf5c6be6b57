"""Speakers and their samples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from client.resources.jobs import SampleWarning
from client.resources.reading import Json, moment


@dataclass(frozen=True)
class Speaker:
    """How far a speaker's enrolment is; ``consent`` is None if nothing was said of that."""

    id: str
    enrollment_complete: bool
    quality: str
    speech_seconds: float
    audio_seconds: float
    consent: Mapping[str, Any] | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "Speaker":
        """A speaker."""
        return cls(
            fields["id"],
            fields["enrollment_complete"],
            fields["quality"],
            fields["speech_seconds"],
            fields["audio_seconds"],
            fields["consent"],
            raw=fields,
        )


@dataclass(frozen=True)
class Agreement:
    """How a sample agrees with its speaker's others: nats, and the probability that it is one voice."""

    score: float
    confidence: float


@dataclass(frozen=True)
class Sample:
    """One enrolment recording in numbers; ``agreement`` is None for an only one, or until it is known."""

    id: str
    created_at: datetime
    audio_seconds: float
    speech_seconds: float
    quality: Mapping[str, Any]
    provenance: Mapping[str, Any]
    warnings: tuple[SampleWarning, ...]
    agreement: Agreement | None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "Sample":
        """A sample."""
        agreement = fields["agreement"]
        return cls(
            fields["id"],
            moment(fields["created_at"]),
            fields["audio_seconds"],
            fields["speech_seconds"],
            fields["quality"],
            fields["provenance"],
            tuple(map(SampleWarning.from_json, fields["warnings"])),
            Agreement(agreement["score"], agreement["confidence"]) if agreement else None,
            raw=fields,
        )


@dataclass(frozen=True)
class Confusable:
    """Two speakers who are easily taken for each other."""

    speaker_ids: tuple[str, str]
    score: float
    false_accept_probability: float
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "Confusable":
        """A pair."""
        first, second = fields["speakers"]
        return cls((first, second), fields["score"], fields["false_accept_probability"], raw=fields)


@dataclass(frozen=True)
class Erasure:
    """A receipt for what was erased with a speaker."""

    id: str
    erased_at: datetime
    samples: int
    voiceprints: int
    jobs_scrubbed: int
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "Erasure":
        """The receipt."""
        counts = (fields["samples"], fields["voiceprints"], fields["jobs_scrubbed"])
        return cls(fields["id"], moment(fields["erased_at"]), *counts, raw=fields)
