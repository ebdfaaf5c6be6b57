"""TextGrid, the format of the phonetics program Praat: a tier of intervals for each speaker.

The intervals of a tier fill the whole time and do not overlap, so overlapping segments of one are joined.
Source: Praat's manual, "TextGrid file formats".
"""

from collections.abc import Sequence

from shared.domain import Segment
from shared.formats.tiers import tiers


def to_textgrid(segments: Sequence[Segment], recording: str) -> str:  # noqa: ARG001 - a TextGrid has no name in it
    """The segments as a TextGrid in Praat's long text format."""
    end_seconds = max((segment.end_seconds for segment in segments), default=0.0)
    spoken = tiers(segments)
    written = [_tier(number, *one, end_seconds) for number, one in enumerate(spoken.items(), 1)]
    head = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {end_seconds:.3f}",
        "tiers? <exists>",
        f"size = {len(spoken)}",
        "item []:",
    ]
    return "\n".join([*head, *written]) + "\n"


def _tier(number: int, name: str, stretches: Sequence[tuple[float, float]], end_seconds: float) -> str:
    intervals = _intervals(stretches, end_seconds)
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


def _intervals(own: Sequence[tuple[float, float]], end_seconds: float) -> list[tuple[float, float, bool]]:
    """(start, end, speaks) from zero to the end: what is spoken, and the silence between."""
    intervals: list[tuple[float, float, bool]] = []
    silent_since = 0.0
    for start, end in own:
        if start > silent_since:
            intervals.append((silent_since, start, False))
        intervals.append((start, end, True))
        silent_since = end
    if silent_since < round(end_seconds, 3):
        intervals.append((silent_since, round(end_seconds, 3), False))
    return intervals
