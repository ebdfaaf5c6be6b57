"""What the voices that community-1 tells apart sound like: points of its PLDA space."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyannote.core import SlidingWindow

from worker.diarization.turns import Turn, solo_spans, spans_of, total_seconds
from worker.diarization.voices import Diarization, VoiceHeard
from worker.voiceprints.space import WINDOW_SECONDS, windows_of

Points = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class HeardVoices:
    """The local voices that are heard in chunks, and whose they are.

    ``clusters`` (num_voices,) are numbers; ``points`` (num_voices, num_dimensions); ``counted`` (num_voices,
    num_frames + 1) says how many frames a voice was told by up to each frame of its chunk, which begins at
    ``starts_seconds``.
    """

    clusters: NDArray[np.int64]
    points: Points
    counted: NDArray[np.int32]
    starts_seconds: NDArray[np.float64]
    frames: SlidingWindow

    def of(self, cluster: int) -> "HeardVoices":
        """Those of one cluster."""
        own = self.clusters == cluster
        return HeardVoices(
            self.clusters[own], self.points[own], self.counted[own], self.starts_seconds[own], self.frames
        )

    def mean(self, weights: NDArray[np.int32]) -> Points:
        """The weighted mean point (num_dimensions,), NaN where nothing has weight."""
        rows = np.flatnonzero(weights)
        if not rows.size:
            return np.full(self.points.shape[1], np.nan, np.float32)
        return np.asarray(weights[rows] @ self.points[rows] / weights[rows].sum(), np.float32)

    def counted_within(self, turn: Turn) -> NDArray[np.int32]:
        """How many counted frames each has within ``turn``, (num_voices,)."""
        first, last = (
            np.rint((seconds - self.starts_seconds - self.frames.duration / 2) / self.frames.step)
            .astype(np.int64)
            .clip(0, self.counted.shape[1] - 1)
            for seconds in turn.span
        )
        rows = np.arange(len(self.counted))
        return np.asarray(self.counted[rows, last] - self.counted[rows, first])


def describe_voices(turns: Sequence[Turn], heard: HeardVoices, numbers: dict[str, int]) -> Diarization:
    """The diarization of a recording; ``numbers`` says which of the heard clusters each turn's cluster is."""
    voices: dict[str, VoiceHeard] = {}
    of_turns: dict[Turn, Points] = {}
    for cluster in dict.fromkeys(turn.cluster for turn in turns):
        own = heard.of(numbers[cluster])
        point = own.mean(own.counted[:, -1])
        if not np.isnan(point).any():
            voices[cluster] = VoiceHeard(point, _windows_worth(turns, cluster))
        of_turns |= {turn: own.mean(own.counted_within(turn)) for turn in turns if turn.cluster == cluster}
    shape = (len(turns), heard.points.shape[1])
    points = np.array([of_turns[turn] for turn in turns], np.float32).reshape(shape)
    return Diarization(list(turns), voices, points)


def _windows_worth(turns: Sequence[Turn], cluster: str) -> float:
    solo_seconds = total_seconds(solo_spans(turns, cluster))
    enough = solo_seconds >= WINDOW_SECONDS
    return windows_of(solo_seconds if enough else total_seconds(spans_of(turns, cluster)))
