"""Tiers: a layer of annotations for each name, in which none overlaps another."""

from collections.abc import Sequence

from shared.domain import Segment


def tiers(segments: Sequence[Segment]) -> dict[str, list[tuple[float, float]]]:
    """For each name its stretches (start, end) in seconds to the millisecond; those that meet are one."""
    return {
        name: _joined([segment for segment in segments if segment.name == name])
        for name in sorted({segment.name for segment in segments})
    }


def _joined(own: Sequence[Segment]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in sorted((round(one.start_seconds, 3), round(one.end_seconds, 3)) for one in own):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined
