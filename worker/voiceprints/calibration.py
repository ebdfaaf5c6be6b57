"""What a score is worth: how likely a stranger reaches it, and how likely a name, or none, is right."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


TAIL_SHARE: Final = 0.02
"""Share of strangers' scores that the tail is fitted to."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Learned from voices that neither the space nor the cohort knew (``training.calibration``).

    For pieces of ``windows`` (num_sizes,) windows' worth of speech, scores of strangers exceed ``tail_start``
    with probability ``TAIL_SHARE`` and from there fall off exponentially by ``tail_scale``. ``intercept``,
    ``slope`` and ``size_slope`` make log odds, that the voice is the nearest one's, of the best score in a
    gallery and of the logarithm of the gallery's size, where every other voice is a stranger; those with
    ``known`` make log odds that it is anybody's in the gallery. The two differ where a voice that is in a
    large gallery may be nearest to another in it.
    """

    windows: Array
    tail_start: Array
    tail_scale: Array
    intercept: Array
    slope: Array
    size_slope: Array
    known_intercept: Array
    known_slope: Array
    known_size_slope: Array

    @classmethod
    def of_ratios(cls) -> "Calibration":
        """Of scores that are log likelihood ratios, where nothing was learned of them but their meaning.

        A stranger reaches a ratio of r with a probability of at most 1/r (A. M. Turing's theorem, in I. J.
        Good, "Weight of evidence: a brief survey", Bayesian Statistics 2, 1985), and the odds are the ratio,
        shared by as many as are compared; that a second one is near is left out.
        """
        one = np.ones(1, np.float32)
        return cls(one, -np.log(TAIL_SHARE) * one, one, *(0 * one, one, -one) * 2)

    def false_accept_probability(self, score: float, windows: float, gallery_size: int) -> float:
        """That a stranger who says so much scores so high against any of ``gallery_size`` voiceprints."""
        start, scale = self._at(windows, self.tail_start), self._at(windows, self.tail_scale)
        of_one = min(1.0, TAIL_SHARE * float(np.exp(min((start - score) / scale, 50.0))))
        return float(-np.expm1(gallery_size * np.log1p(-min(of_one, 1 - 1e-12))))

    def score_for(self, false_accept: float, windows: float, gallery_size: int) -> float:
        """The score that a stranger reaches with probability ``false_accept``."""
        of_one = -np.expm1(np.log1p(-false_accept) / max(gallery_size, 1))
        start, scale = self._at(windows, self.tail_start), self._at(windows, self.tail_scale)
        return float(start - scale * np.log(of_one / TAIL_SHARE))

    def confidence(self, score: float, windows: float, gallery_size: int) -> float:
        """That a voice with this best score among ``gallery_size`` voiceprints is that one's, 0 to 1."""
        weights = (self.intercept, self.slope, self.size_slope)
        return self._probability(weights, score, windows, gallery_size)

    def stranger_confidence(self, score: float, windows: float, gallery_size: int) -> float:
        """That a voice with this best score among ``gallery_size`` voiceprints is none of theirs, 0 to 1."""
        weights = (self.known_intercept, self.known_slope, self.known_size_slope)
        return 1 - self._probability(weights, score, windows, gallery_size)

    def _probability(
        self, weights: tuple[Array, Array, Array], score: float, windows: float, gallery_size: int
    ) -> float:
        intercept, slope, size_slope = (self._at(windows, values) for values in weights)
        odds = intercept + slope * score + size_slope * np.log(max(gallery_size, 1))
        return float(1 / (1 + np.exp(-np.clip(odds, -50, 50))))

    def _at(self, windows: float, values: Array) -> float:
        return float(np.interp(np.log(max(windows, 1e-3)), np.log(self.windows), values))
