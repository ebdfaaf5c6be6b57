"""The words of the domain: jobs and their states, speakers, segments of an answer."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

from shared.consent import Consent

AUDIO_FIELD: Final = "audio_field"
"""The parameter of a job that says in which field its audio was sent."""


class JobKind(StrEnum):
    """What a job does."""

    IDENTIFY = "identify"
    DIARIZE = "diarize"
    ENROLL = "enroll"


class Dialect(StrEnum):
    """The wire format in which a job was asked for, and in which its webhook is told."""

    DEEPAFFECTS = "deepaffects"
    V1 = "v1"


class JobState(StrEnum):
    """Where a job stands. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """True once the job will not change any more."""
        return self in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED}


FINAL_STATES: Final = tuple(state for state in JobState if state.is_final)


class DeliveryState(StrEnum):
    """Where a webhook delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"


class Scope(StrEnum):
    """What an API key is good for."""

    IDENTIFY = "identify"
    """Send recordings to find out who speaks in them, and cancel that."""
    ENROLL = "enroll"
    """Add and erase speakers and samples."""
    READ = "read"
    """Read jobs, results, speakers and deliveries."""
    ADMIN = "admin"
    """API keys, signing secrets, tests of webhooks, sending deliveries again."""


ALL_SCOPES = frozenset(Scope)


class EnrollQuality(StrEnum):
    """How much a voiceprint can be relied on, in the words of Dialect 1."""

    POOR = "poor"
    AVERAGE = "average"
    GOOD = "good"
    HIGH = "high"


@dataclass(frozen=True)
class AudioSource:
    """Where a job's audio is: exactly one of ``blob_key`` and ``url``; and what the caller said of it."""

    blob_key: str | None = None
    url: str | None = None
    encoding: str = ""
    sample_rate_hertz: int = 0


class StrangerReason(StrEnum):
    """Why a voice was not given a name."""

    BELOW_THRESHOLD = "below_threshold"
    """It sounds like nobody who was looked for."""
    AMBIGUOUS = "ambiguous"
    """Another voice of the recording has a far better claim to the name it is nearest to."""
    TOO_SHORT = "too_short"
    """It says too little to be told from others."""
    OVERLAP = "overlap"
    """Others talk over nearly all that it says."""
    POOR_AUDIO = "poor_audio"
    """It sounds like nobody who was looked for, but noise, clipping or a low level may be why."""
    ERASED = "erased"
    """It had a name, whose speaker was erased."""


class Line(StrEnum):
    """Kinds of lines a voice is heard over, in the order of a voiceprint's exemplars."""

    WIDEBAND = "wideband"
    TELEPHONE = "telephone"
    NOISY = "noisy"


@dataclass(frozen=True)
class Candidate:
    """An enrolled speaker whom a voice was compared with, and the exemplar of his that it was compared with.

    ``score`` is in nats: above zero, one voice is likelier than two (`worker.voiceprints.scoring`).
    """

    speaker_id: str
    score: float
    exemplar: str = Line.WIDEBAND

    def to_json(self) -> dict[str, Any]:
        """The form kept in the ledger."""
        return {"speaker_id": self.speaker_id, "score": round(self.score, 2), "exemplar": str(self.exemplar)}


@dataclass(frozen=True)
class Segment:
    """One stretch of speech of one voice.

    ``speaker_id`` is None for a stranger, whom ``label`` still tells from the job's other voices, and then
    ``reason`` is a StrangerReason. ``confidence``, 0 to 1, is how likely the voice is the speaker's or, of a
    stranger, none of those looked for; None where there was nobody to compare with. ``candidates`` are the
    best few, nearest first, with their scores. ``stranger`` tells a stranger from all others of the tenant,
    where strangers are recognised. ``corrected`` says that the name was changed after the job had ended.
    """

    start_seconds: float
    end_seconds: float
    label: str
    speaker_id: str | None = None
    confidence: float | None = None
    reason: str | None = None
    candidates: tuple[Candidate, ...] = ()
    stranger: str | None = None
    corrected: bool = False

    @property
    def shown_label(self) -> str:
        """What tells the voice from the job's others: as far as that is known, from all the tenant's."""
        return self.stranger or self.label

    @property
    def name(self) -> str:
        """Whom to call the voice: the enrolled speaker, or the stranger's label."""
        return self.speaker_id or self.shown_label

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Segment":
        """A segment out of the ledger, also one that an older version wrote."""
        known = {one.name for one in fields(cls)}
        values = {name: value for name, value in kept.items() if name in known}
        # Scores were cosines once, which do not compare.
        candidates = tuple(Candidate(**one) for one in kept.get("candidates", ()) if "score" in one)
        return cls(**values | {"candidates": candidates})

    def to_json(self) -> dict[str, Any]:
        """The form kept in the ledger."""
        return {
            "start_seconds": round(self.start_seconds, 3),
            "end_seconds": round(self.end_seconds, 3),
            "label": self.label,
            "speaker_id": self.speaker_id,
            "confidence": None if self.confidence is None else round(self.confidence, 3),
            "reason": self.reason,
            "candidates": [candidate.to_json() for candidate in self.candidates],
            **({"stranger": self.stranger} if self.stranger else {}),
            **({"corrected": True} if self.corrected else {}),
        }


@dataclass(frozen=True)
class SpeakerSummary:
    """An enrolled speaker in numbers."""

    speaker_id: str
    speech_seconds: float
    audio_seconds: float
    complete_seconds: float = field(repr=False, default=0.0)
    consent: Consent | None = None

    @property
    def enrollment_complete(self) -> bool:
        """True once there is enough speech to identify him by."""
        return self.speech_seconds >= self.complete_seconds

    @property
    def quality(self) -> EnrollQuality:
        """Grade by speech in total, in units of what completes an enrolment (1, 2 and 4 times as much)."""
        share = self.speech_seconds / self.complete_seconds if self.complete_seconds else 4.0
        if share < 1:
            return EnrollQuality.POOR
        if share < 2:  # noqa: PLR2004
            return EnrollQuality.AVERAGE
        return EnrollQuality.GOOD if share < 4 else EnrollQuality.HIGH  # noqa: PLR2004
