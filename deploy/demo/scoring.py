"""How much of the speech an answer names right."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from client import Segment

FRAMES_PER_SECOND = 100


def share_named_right(
    reference: Sequence[Segment], answer: Sequence[Segment], enrolled: Sequence[str]
) -> float:
    """Share of the reference's speech that the answer gives the right name, from 0 to 1.

    Right for somebody who is not enrolled is no name. Overlapped speech counts for each speaker.
    """
    expected = [
        Segment(
            segment.speaker_id if segment.speaker_id in enrolled else None,
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


def _frames(segments: Sequence[Segment], name: str | None, length: int) -> NDArray[np.bool_]:
    frames = np.zeros(length, dtype=bool)
    for segment in segments:
        if segment.speaker_id == name:
            start, end = segment.start_seconds, segment.end_seconds
            frames[round(start * FRAMES_PER_SECOND) : round(end * FRAMES_PER_SECOND)] = True
    return frames
