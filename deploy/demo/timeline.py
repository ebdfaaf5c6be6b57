"""Answers as coloured lanes in the terminal, and how much of the speech they name right."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

from client import Segment
from client.service import UNKNOWN_SPEAKER

FRAMES_PER_SECOND = 100
COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")
STRANGER_COLOUR = "grey62"
LABEL_COLUMNS = 30
TICK_COLUMNS = 10


def share_named_right(
    reference: Sequence[Segment], answer: Sequence[Segment], enrolled: Sequence[str]
) -> float:
    """Share of the reference's speech that the answer gives the right name, from 0 to 1.

    Right for somebody who is not enrolled is UNKNOWN_SPEAKER. Overlapped speech counts for each speaker.
    """
    expected = [
        Segment(
            segment.speaker_id if segment.speaker_id in enrolled else UNKNOWN_SPEAKER,
            segment.start_seconds,
            segment.end_seconds,
        )
        for segment in reference
    ]
    length = 1 + round(FRAMES_PER_SECOND * max(segment.end_seconds for segment in [*expected, *answer]))
    right = total = 0
    for name in {segment.speaker_id for segment in expected}:
        spoken = _frames(expected, name, length)
        right += int((spoken & _frames(answer, name, length)).sum())
        total += int(spoken.sum())
    return right / total


def _frames(segments: Sequence[Segment], name: str, length: int) -> NDArray[np.bool_]:
    frames = np.zeros(length, dtype=bool)
    for segment in segments:
        if segment.speaker_id == name:
            start, end = segment.start_seconds, segment.end_seconds
            frames[round(start * FRAMES_PER_SECOND) : round(end * FRAMES_PER_SECOND)] = True
    return frames


def draw(console: Console, lanes: dict[str, Sequence[Segment]]) -> None:
    """Print each group of segments, one lane per name, under a common ruler."""
    everything = [segment for segments in lanes.values() for segment in segments]
    if not everything:
        console.print("  (nobody speaks)")
        return
    duration_seconds = max(segment.end_seconds for segment in everything)
    columns = max(20, min(console.width - LABEL_COLUMNS - 4, 120))
    colours = _colours([segment.speaker_id for segment in everything])
    console.print(_ruler(duration_seconds, columns))
    for title, segments in lanes.items():
        for number, name in enumerate(sorted({segment.speaker_id for segment in segments})):
            own = [segment for segment in segments if segment.speaker_id == name]
            label = f"{title if number == 0 else '':<10} {name}"
            console.print(_lane(label, own, duration_seconds, columns, colours[name]), soft_wrap=True)


def _colours(names: Sequence[str]) -> dict[str, str]:
    known = sorted(set(names) - {UNKNOWN_SPEAKER})
    chosen = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(known)}
    return chosen | {UNKNOWN_SPEAKER: STRANGER_COLOUR}


def _ruler(duration_seconds: float, columns: int) -> Text:
    marks = [" "] * (columns + TICK_COLUMNS)
    for column in range(0, columns, TICK_COLUMNS):
        for offset, character in enumerate(f"{column / columns * duration_seconds:.0f}s"):
            marks[column + offset] = character
    return Text(" " * (LABEL_COLUMNS + 2) + "".join(marks).rstrip(), style="dim")


def _lane(
    label: str, segments: Sequence[Segment], duration_seconds: float, columns: int, colour: str
) -> Text:
    lane = Text(f"  {label[: LABEL_COLUMNS - 1]:<{LABEL_COLUMNS}}")
    edges = np.arange(columns + 1) / columns * duration_seconds
    for left, right in pairwise(edges):
        middle = (left + right) / 2
        speaks = any(segment.start_seconds <= middle < segment.end_seconds for segment in segments)
        lane.append("█" if speaks else "·", style=colour if speaks else "grey30")
    return lane
