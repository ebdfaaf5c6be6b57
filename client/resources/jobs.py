"""Jobs, and what they found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from client.resources.reading import Json, moment, moment_or_none

FINAL = frozenset({"succeeded", "failed", "canceled"})


@dataclass(frozen=True)
class Candidate:
    """An enrolled speaker whom a voice was compared with; ``score`` in nats."""

    speaker_id: str
    score: float


@dataclass(frozen=True)
class Segment:
    """One voice speaks from start to end; a stranger has no ``speaker_id``, and a ``reason``."""

    speaker_id: str | None
    start_seconds: float
    end_seconds: float
    label: str = ""
    confidence: float | None = None
    reason: str | None = None
    candidates: tuple[Candidate, ...] = ()
    id: int = 0
    corrected: bool = False
    """Whether a person gave the name, or took it, after the job had ended."""

    @property
    def name(self) -> str:
        """The speaker's id; a stranger's label, which tells him from other strangers."""
        return self.speaker_id or self.label

    @classmethod
    def from_json(cls, fields: Json) -> "Segment":
        """A segment of a result."""
        return cls(
            fields["speaker"],
            fields["start"],
            fields["end"],
            fields["label"],
            fields["confidence"],
            fields["reason"],
            tuple(Candidate(one["speaker"], one["score"]) for one in fields["candidates"]),
            fields["id"],
            # Webhooks from before names could be corrected say nothing of it.
            fields.get("corrected", False),
        )


@dataclass(frozen=True)
class SampleWarning:
    """What is odd about a sample that was enrolled all the same."""

    code: str
    message: str
    speaker_id: str | None

    @classmethod
    def from_json(cls, fields: Json) -> "SampleWarning":
        """A warning of a sample."""
        return cls(fields["code"], fields["message"], fields["speaker"])


@dataclass(frozen=True)
class Identification:
    """Who speaks when: segments by their start."""

    job_id: str
    audio_seconds: float | None
    model: str | None
    segments: tuple[Segment, ...]
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "Identification":
        """The result of an identification."""
        segments = tuple(map(Segment.from_json, fields["segments"]))
        return cls(fields["job_id"], fields["audio_seconds"], fields["model"], segments, raw=fields)


@dataclass(frozen=True)
class Enrollment:
    """The sample that an enrolment added to a speaker."""

    job_id: str
    speaker_id: str
    sample_id: str
    warnings: tuple[SampleWarning, ...]
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "Enrollment":
        """The result of an enrolment."""
        warnings = tuple(map(SampleWarning.from_json, fields["warnings"]))
        return cls(fields["job_id"], fields["speaker_id"], fields["sample_id"], warnings, raw=fields)


@dataclass(frozen=True)
class Progress:
    """How far a running job is: ``share`` of a stage, 0 to 1."""

    stage: str
    share: float

    @classmethod
    def from_json(cls, fields: Json) -> "Progress":
        """A job's progress, or an event of it."""
        return cls(fields["stage"], fields["share"])


@dataclass(frozen=True)
class JobError:
    """Why a job failed; the code is one of ``docs/errors.md``."""

    code: str
    message: str
    field: str | None


@dataclass(frozen=True)
class Job:
    """A job and where it stands; ``result`` only where the call that brought the job says so."""

    id: str
    kind: str
    status: str
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int = 0
    progress: Progress | None = None
    audio_seconds: float | None = None
    model: str | None = None
    webhook: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    error: JobError | None = None
    result: Identification | Enrollment | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_final(self) -> bool:
        """Whether it has ended, well or not."""
        return self.status in FINAL

    @classmethod
    def from_json(cls, fields: Json) -> "Job":
        """A job, with its result where there is one."""
        progress, error, result = fields["progress"], fields["error"], fields.get("result")
        return cls(
            fields["id"],
            fields["kind"],
            fields["status"],
            moment(fields["created_at"]),
            moment_or_none(fields["started_at"]),
            moment_or_none(fields["finished_at"]),
            fields["attempts"],
            Progress.from_json(progress) if progress else None,
            fields["audio_seconds"],
            fields["model"],
            fields["webhook"],
            fields["metadata"],
            JobError(error["code"], error["message"], error.get("field")) if error else None,
            result_from_json(result) if result else None,
            raw=fields,
        )


def result_from_json(fields: Json) -> Identification | Enrollment:
    """What a job found, of either kind."""
    return Identification.from_json(fields) if "segments" in fields else Enrollment.from_json(fields)
