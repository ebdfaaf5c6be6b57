"""What the voices of a recording sound like: a point of the voice space for each cluster and turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.grid import FrameGrid
from worker.diarization.placing import Placed
from worker.diarization.turns import Span, Turn, solo_spans, spans_of, total_seconds
from worker.voiceprints.space import WINDOW_SECONDS, windows_of

Points = NDArray[np.float32]

_NEAR_SECONDS: Final = 0.2
_WINDOW_STEP_SECONDS: Final = 0.8


@dataclass(frozen=True, eq=False)
class VoiceHeard:
    """A voice of a recording: its mean ``point`` (num_dimensions,) of the voice space, and windows' worth."""

    point: Points
    windows: float


@dataclass(frozen=True, eq=False)
class Diarization:
    """Turns by start, and what each cluster of them sounds like; one that told nothing has no voice.

    ``of_turns`` (num_turns, num_dimensions) holds a point for each turn, NaN where it told nothing.
    """

    turns: list[Turn]
    voices: Mapping[str, VoiceHeard]
    of_turns: Points

    @property
    def speech(self) -> list[Span]:
        """When anybody speaks: sorted, apart."""
        spans: list[Span] = []
        for start, end in sorted(turn.span for turn in self.turns):
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return spans


@dataclass(frozen=True, eq=False)
class _Windows:
    """Every window of a recording: when its middle is heard, whose it is, and its point."""

    middles_seconds: NDArray[np.float64]
    clusters: NDArray[np.str_]
    points: Points


def hear_voices(turns: Sequence[Turn], placed: Sequence[Placed], grid: FrameGrid) -> Diarization:
    """The diarization of a recording, from its turns and the slots they were made of."""
    if not turns:
        return Diarization([], {}, np.zeros((0, 0), np.float32))
    windows = _windows(placed, grid)
    voices = {}
    for cluster in {turn.cluster for turn in turns}:
        own = windows.points[windows.clusters == cluster]
        if len(own):
            voices[cluster] = VoiceHeard(own.mean(0), _windows_worth(turns, cluster))
    return Diarization(list(turns), voices, np.array([_of_turn(turn, windows) for turn in turns], np.float32))


def _windows_worth(turns: Sequence[Turn], cluster: str) -> float:
    solo_seconds = total_seconds(solo_spans(turns, cluster))
    enough = solo_seconds >= WINDOW_SECONDS
    return windows_of(solo_seconds if enough else total_seconds(spans_of(turns, cluster)))


def _of_turn(turn: Turn, windows: _Windows) -> Points:
    """Mean point (num_dimensions,) of the windows whose middle the turn holds; NaN where there is none."""
    own = windows.clusters == turn.cluster
    own &= windows.middles_seconds > turn.start_seconds - _NEAR_SECONDS
    own &= windows.middles_seconds < turn.end_seconds + _NEAR_SECONDS
    points: Points = windows.points[own].mean(0) if own.any() else np.full(windows.points.shape[1], np.nan)
    return points


def _windows(placed: Sequence[Placed], grid: FrameGrid) -> _Windows:
    middles, clusters, points = [], [], []
    for one in placed:
        slot = one.heard.slot
        told = np.flatnonzero(slot.telling)
        places = ((np.arange(len(one.windows)) + 1) * _WINDOW_STEP_SECONDS / grid.frame_seconds).astype(
            np.int64
        )
        # Speech shorter than a window is all of it.
        frames = told[places.clip(max=told.size - 1)] if told.size > places[0] else told[[told.size // 2]]
        frames = frames + slot.chunk * grid.chunk_step
        middles.append(grid.first_middle_seconds + frames * grid.frame_seconds)
        clusters += [str(voice) for voice in one.windows]
        points.append(one.heard.points)
    return _Windows(np.concatenate(middles), np.array(clusters), np.concatenate(points))
