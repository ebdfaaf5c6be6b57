"""Groups of speech that may be one voice, and what joining two of them gains: log evidence, in nats."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """How evidence is weighed.

    Windows of one voice are not independent: each counts as ``evidence_share`` of one that would be, and no
    more than ``most_windows`` count at all, since what a voice is like on one day and over one line does not
    average out. One voice must explain two groups by ``least_gain`` nats better than two voices do, of which
    the price of another voice (Occam's factor) counts by ``occam_share``.
    """

    evidence_share: float
    occam_share: float
    least_gain: float
    most_windows: float = np.inf


OF_PIECES: Final = Measure(evidence_share=0.4, occam_share=1.0, least_gain=20.0)
OF_VOICES: Final = Measure(evidence_share=0.25, occam_share=0.5, least_gain=-14.0, most_windows=30.0)


class Groups:
    """Groups of speech that may be joined, with what each says about its voice."""

    def __init__(self, space: VoiceSpace, points: Array, windows: Array, measure: Measure) -> None:
        """``points`` (num_groups, num_dimensions) are means of ``windows`` (num_groups,) windows' worth."""
        self.measure = measure
        self.variance = space.between_voices.astype(np.float64)
        self._of_window = space.of_window.astype(np.float64)
        self._points, self._windows = points.astype(np.float64), windows.astype(np.float64)
        self.weights = self._weights(self._windows[:, None])
        self.sums = self.weights * self._points
        self.evidence = self._evidence(self.weights, self.sums)

    def __len__(self) -> int:
        return len(self.sums)

    def gains(self, one: int) -> Array:
        """Nats won by joining group ``one`` with every group, (num_groups,)."""
        joined = self._evidence(self.weights[one] + self.weights, self.sums[one] + self.sums)
        return np.asarray(joined - self.evidence[one] - self.evidence)

    def join(self, one: int, other: int) -> None:
        """``one`` takes in ``other``."""
        share = self._windows[other] / (self._windows[one] + self._windows[other])
        self._points[one] += share * (self._points[other] - self._points[one])
        self._windows[one] += self._windows[other]
        self.weights[one] = self._weights(self._windows[one])
        self.sums[one] = self.weights[one] * self._points[one]
        self.evidence[one] = self._evidence(self.weights[one], self.sums[one])

    def _weights(self, windows: Array) -> Array:
        counted = np.minimum(windows, self.measure.most_windows)
        return np.asarray(self.measure.evidence_share * counted / self._of_window)

    def _evidence(self, weights: Array, sums: Array) -> Array:
        """Log evidence of groups for a voice each, (…,), but for terms that joining does not change."""
        price = self.measure.occam_share * np.log1p(weights * self.variance)
        total: Array = (sums**2 / (weights + 1 / self.variance) - price).sum(-1) / 2
        return total


Grouping = Callable[[VoiceSpace, Array, Array, Measure], Groups]
"""Makes groups of points (num_groups, num_dimensions), windows' worth (num_groups,) and a measure."""
