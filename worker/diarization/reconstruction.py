"""From slots with voices back to one time line: turns."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.heard import Heard
from worker.diarization.placing import NOBODY, Placed
from worker.diarization.turns import Span, Turn

SPEECH_SCORE: Final = 0.33
OVERLAP_SCORE: Final = 0.52
GAP_SECONDS: Final = 0.3
"""A pause of a voice that is no longer than this is part of its turn."""

LEAST_ACTIVITY: Final = 0.02
"""A voice with less than this is not what is heard in a frame, even where somebody speaks."""

VOICE_TAPER_SHARE: Final = 0.3
"""So much of a chunk, at either end, counts less in who speaks: a slot there has little to tell it by."""

_FRAMES_AT_ONCE: Final = 65_536


def reconstruct(heard: Heard, placed: Sequence[Placed]) -> list[Turn]:
    """Turns by start: in each frame as many voices as are heard, the most active first.

    Pauses of a voice that are no longer than GAP_SECONDS are part of its turn.
    """
    if not placed:
        return []
    num_voices = 1 + max(int(one.windows.max()) for one in placed)
    activity = _activity(heard, placed, num_voices)
    speaks = heard.speech > SPEECH_SCORE
    count = speaks.astype(np.int64) + (speaks & (heard.overlap > OVERLAP_SCORE))
    chosen = np.empty(activity.shape, np.bool_)
    for first in range(0, len(chosen), _FRAMES_AT_ONCE):
        block = slice(first, first + _FRAMES_AT_ONCE)
        chosen[block] = _most_active(activity[block], count[block])
    starts = heard.grid.starts_seconds(len(chosen))
    return sorted(
        turn
        for voice in range(num_voices)
        for turn in _turns(chosen[:, voice], starts, f"{voice}", heard.duration_seconds)
    )


def _most_active(activity: NDArray[np.float32], count: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The ``count`` (num_frames,) most active of ``activity`` (num_frames, num_voices)."""
    rank = np.argsort(np.argsort(-activity, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray((rank < count[:, None]) & (activity > LEAST_ACTIVITY))


def spoken(heard: Heard) -> list[Span]:
    """When anybody speaks, whoever it is: sorted, apart."""
    speaks = heard.speech > SPEECH_SCORE
    starts = heard.grid.starts_seconds(len(speaks))
    return [turn.span for turn in _turns(speaks, starts, "", heard.duration_seconds)]


def _activity(heard: Heard, placed: Sequence[Placed], num_voices: int) -> NDArray[np.float32]:
    """How active each voice is in each frame, (total_frames, num_voices)."""
    activity = np.empty((heard.grid.total_frames(len(heard.scores)), num_voices), np.float32)
    for voice in range(num_voices):
        scores = np.zeros(heard.scores.shape[:2], np.float32)
        for one in placed:
            if voice in one.frames:
                slot, own = one.heard.slot, _nearest_voice(one) == voice
                heard_there = heard.scores[slot.chunk, own, slot.voice]
                scores[slot.chunk, own] = np.maximum(scores[slot.chunk, own], heard_there)
        activity[:, voice] = heard.grid.overlap_mean(scores, VOICE_TAPER_SHARE)
    return activity


def _nearest_voice(placed: Placed) -> NDArray[np.int64]:
    """The voice of every frame of a slot; where it is silent, the one it has nearest by."""
    active = np.flatnonzero(placed.frames != NOBODY)
    middles = (active[1:] + active[:-1] + 1) // 2
    nearest: NDArray[np.int64] = placed.frames[active][
        np.searchsorted(middles, np.arange(placed.frames.size), side="right")
    ]
    return nearest


def _turns(
    speaks: NDArray[np.bool_],
    starts: NDArray[np.float64],
    cluster: str,
    end_seconds: float,
) -> list[Turn]:
    changes = np.flatnonzero(np.diff(np.concatenate([[False], speaks, [False]]).astype(np.int8)))
    spans: list[list[float]] = []
    for first, last in changes.reshape(-1, 2):
        start, end = max(0.0, float(starts[first])), min(float(starts[last]), end_seconds)
        if spans and start - spans[-1][1] <= GAP_SECONDS:
            spans[-1][1] = end
        elif start < end:
            spans.append([start, end])
    return [Turn(start, end, cluster) for start, end in spans]
