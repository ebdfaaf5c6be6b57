"""Turns of a conversation, and spans of time. Knows no model."""

from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[float, float]
"""Start and end in seconds."""


@dataclass(frozen=True, order=True)
class Turn:
    """One voice speaks from start to end; ``cluster`` is that voice's label within the recording."""

    start_seconds: float
    end_seconds: float
    cluster: str

    @property
    def span(self) -> Span:
        """Start and end in seconds."""
        return self.start_seconds, self.end_seconds


def total_seconds(spans: Iterable[Span]) -> float:
    """Sum of the spans' durations."""
    return sum(end - start for start, end in spans)


def spans_of(turns: Iterable[Turn], cluster: str) -> list[Span]:
    """When ``cluster`` speaks, sorted."""
    return sorted(turn.span for turn in turns if turn.cluster == cluster)


def solo_spans(turns: Iterable[Turn], cluster: str) -> list[Span]:
    """When ``cluster`` speaks and nobody else does, sorted."""
    turns = list(turns)
    remaining = spans_of(turns, cluster)
    for other in turns:
        if other.cluster != cluster:
            remaining = [piece for span in remaining for piece in _without(span, other.span)]
    return remaining


def _without(span: Span, cut: Span) -> list[Span]:
    (start, end), (cut_start, cut_end) = span, cut
    if cut_end <= start or end <= cut_start:
        return [span]
    pieces = [(start, min(end, cut_start)), (max(start, cut_end), end)]
    return [(left, right) for left, right in pieces if left < right]
