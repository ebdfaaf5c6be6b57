"""What a change made of a job's request and result, so that it can be taken back exactly."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.corrections import Difference, VoiceName
from shared.store.schema import Job

Kept = dict[str, Any]
BeforeAndAfter = tuple[Kept, Kept]


@dataclass(frozen=True)
class JobPatch:
    """What differs, before and after: segments by their numbers; ``columns`` of the job's row as a whole."""

    segments: Mapping[int, BeforeAndAfter] = field(default_factory=dict)
    columns: Mapping[str, BeforeAndAfter] = field(default_factory=dict)

    @classmethod
    def between(cls, job: Job, *, parameters: Kept | None = None, result: Kept | None = None) -> "JobPatch":
        """From a job as it is to what its request and result are to be; None leaves one as it is."""
        columns = {}
        if parameters is not None and parameters != job.parameters:
            columns["parameters"] = (job.parameters, parameters)
        old, segments = job.result or {}, {}
        if result is not None and "segments" in old:
            pairs = enumerate(zip(old["segments"], result["segments"], strict=True))
            segments = {number: pair for number, pair in pairs if pair[0] != pair[1]}
        elif result is not None and result != old:
            columns["result"] = (old, result)
        return cls(segments, columns)

    @classmethod
    def from_json(cls, kept: Kept) -> "JobPatch":
        """A patch out of the ledger."""
        segments = {int(number): (one[0], one[1]) for number, one in kept["segments"].items()}
        return cls(segments, {name: (one[0], one[1]) for name, one in kept["columns"].items()})

    def to_json(self) -> Kept:
        """The form kept in the ledger."""
        return {
            "segments": {str(number): list(pair) for number, pair in self.segments.items()},
            "columns": {name: list(pair) for name, pair in self.columns.items()},
        }

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.segments or self.columns)

    def reversed(self) -> "JobPatch":
        """What takes it back."""
        return JobPatch(
            {number: (after, before) for number, (before, after) in self.segments.items()},
            {name: (after, before) for name, (before, after) in self.columns.items()},
        )

    def then(self, later: "JobPatch") -> "JobPatch":
        """Both, one after the other, as one."""

        def joined(one: Mapping[Any, BeforeAndAfter], two: Mapping[Any, BeforeAndAfter]) -> dict[Any, Any]:
            return {**one, **{key: (one.get(key, pair)[0], pair[1]) for key, pair in two.items()}}

        return JobPatch(joined(self.segments, later.segments), joined(self.columns, later.columns))

    def apply(self, job: Job) -> None:
        """Make the job what it is after the change."""
        for name, (_, after) in self.columns.items():
            setattr(job, name, after)
        if self.segments:
            segments = list((job.result or {})["segments"])
            for number, (_, after) in self.segments.items():
                segments[number] = after
            job.result = (job.result or {}) | {"segments": segments}

    def overlaps(self, other: "JobPatch") -> bool:
        """Whether both changed the same."""
        return bool(
            self.segments.keys() & other.segments.keys() or self.columns.keys() & other.columns.keys()
        )

    def differences(self) -> tuple[Difference, ...]:
        """The segments that have another name, by their numbers."""
        return tuple(
            Difference(
                after["start_seconds"], after["end_seconds"], VoiceName.of(before), VoiceName.of(after)
            )
            for _, (before, after) in sorted(self.segments.items())
            if VoiceName.of(before) != VoiceName.of(after)
        )

    def mapped(self, of_segment: Callable[[Kept], Kept], of_column: Callable[[Kept], Kept]) -> "JobPatch":
        """The patch with every segment and column made anew."""
        return JobPatch(
            {number: (of_segment(one), of_segment(two)) for number, (one, two) in self.segments.items()},
            {name: (of_column(one), of_column(two)) for name, (one, two) in self.columns.items()},
        )

    def mentioned(self) -> set[str]:
        """Everybody whom it names, before or after."""
        named = {name for pair in self.segments.values() for kept in pair for name in _names_in(kept)}
        return named | {name for pair in self.columns.values() for kept in pair for name in _names_of(kept)}


def _names_in(segment: Kept) -> Iterator[str]:
    if segment["speaker_id"] is not None:
        yield segment["speaker_id"]
    yield from (one["speaker_id"] for one in segment.get("candidates", ()))


def _names_of(column: Kept) -> Iterator[str]:
    yield from column.get("speaker_ids", ())
    if column.get("speaker_id") is not None:
        yield column["speaker_id"]
    yield from (one["speaker_id"] for one in column.get("warnings", ()) if one["speaker_id"] is not None)
