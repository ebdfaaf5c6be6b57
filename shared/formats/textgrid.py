"""TextGrid, the format of the phonetics program Praat: a tier of intervals for each speaker.

The intervals of a tier fill the whole time and do not overlap, so overlapping segments of one are joined.
Source: Praat's manual, "TextGrid file formats".
"""

from collections.abc import Sequence
from itertools import pairwise

from shared.domain import Segment


def to_textgrid(segments: Sequence[Segment], recording: str) -> str:  # noqa: ARG001 - a TextGrid has no name in it
    """The segments as a TextGrid in Praat's long text format."""
    end_seconds = max((segment.end_seconds for segment in segments), default=0.0)
    names = sorted({segment.name for segment in segments})
    tiers = [_tier(number, name, segments, end_seconds) for number, name in enumerate(names, 1)]
    head = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {end_seconds:.3f}",
        "tiers? <exists>",
        f"size = {len(names)}",
        "item []:",
    ]
    return "\n".join([*head, *tiers]) + "\n"


def _tier(number: int, name: str, segments: Sequence[Segment], end_seconds: float) -> str:
    intervals = _intervals([segment for segment in segments if segment.name == name], end_seconds)
    lines = [
        f"    item [{number}]:",
        '        class = "IntervalTier"',
        f'        name = "{name}"',
        "        xmin = 0",
        f"        xmax = {end_seconds:.3f}",
        f"        intervals: size = {len(intervals)}",
    ]
    for index, (start, end, speaks) in enumerate(intervals, 1):
        lines += [
            f"        intervals [{index}]:",
            f"            xmin = {start:.3f}",
            f"            xmax = {end:.3f}",
            f'            text = "{name if speaks else ""}"',
        ]
    return "\n".join(lines)


def _intervals(own: Sequence[Segment], end_seconds: float) -> list[tuple[float, float, bool]]:
    """(start, end, speaks) from zero to the end, to the millisecond."""
    edges = sorted(
        {0.0, round(end_seconds, 3)}
        | {round(edge, 3) for segment in own for edge in (segment.start_seconds, segment.end_seconds)}
    )
    intervals: list[tuple[float, float, bool]] = []
    for start, end in pairwise(edges):
        middle = (start + end) / 2
        speaks = any(segment.start_seconds <= middle < segment.end_seconds for segment in own)
        if intervals and intervals[-1][2] == speaks:
            intervals[-1] = (intervals[-1][0], end, speaks)
        else:
            intervals.append((start, end, speaks))
    return intervals
