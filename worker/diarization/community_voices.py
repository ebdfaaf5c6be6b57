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

    ``clusters`` (num_voices,) are numbers; ``points`` (num_voices, num_dimensions); ``counts`` (num_voices,
    num_frames) are 1 in the frames that a voice was told by; its chunk begins at ``starts_seconds``.
    """

    clusters: NDArray[np.int64]
    points: Points
    counts: NDArray[np.float32]
    starts_seconds: NDArray[np.float64]
    frames: SlidingWindow

    def of(self, cluster: int) -> "HeardVoices":
        """Those of one cluster."""
        own = self.clusters == cluster
        return HeardVoices(
            self.clusters[own], self.points[own], self.counts[own], self.starts_seconds[own], self.frames
        )

    def mean(self, weights: NDArray[np.float64]) -> Points:
        """The weighted mean point (num_dimensions,), NaN where nothing has weight."""
        if not weights.any():
            return np.full(self.points.shape[1], np.nan, np.float32)
        return np.asarray(weights @ self.points / weights.sum(), np.float32)

    def counted_within(self, turn: Turn) -> NDArray[np.float64]:
        """How many counted frames each has within ``turn``, (num_voices,)."""
        sums = np.pad(np.cumsum(self.counts, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
        first, last = (
            np.rint((seconds - self.starts_seconds - self.frames.duration / 2) / self.frames.step)
            .astype(np.int64)
            .clip(0, self.counts.shape[1])
            for seconds in turn.span
        )
        rows = np.arange(len(sums))
        return np.asarray(sums[rows, last] - sums[rows, first])


def describe_voices(turns: Sequence[Turn], heard: HeardVoices, numbers: dict[str, int]) -> Diarization:
    """The diarization of a recording; ``numbers`` says which of the heard clusters each turn's cluster is."""
    voices: dict[str, VoiceHeard] = {}
    of_turns: dict[Turn, Points] = {}
    for cluster in dict.fromkeys(turn.cluster for turn in turns):
        own = heard.of(numbers[cluster])
        point = own.mean(own.counts.sum(1, dtype=np.float64))
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
