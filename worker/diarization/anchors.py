"""Clustering that knows whom it looks for: voiceprints as anchors of the groups that may be theirs.

A voice is a stranger's, spread as all voices are, or with even odds one of the enrolled, near his voiceprint;
the evidence of a group is that of this mixture. So groups of two enrolled speakers, each near his own
voiceprint, are not joined however alike they sound, while pieces of one are joined more readily: that an
enrolled speaker is there twice cannot be.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.groups import Grouping, Groups, Measure
from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float64]

ENROLLED_SHARE: Final = 0.5
"""How likely a voice is that of anybody enrolled, before it is heard."""

ONCE_BONUS: Final = 12.0
"""Nats for joining two groups that together are one enrolled speaker's."""

NEAREST: Final = 3
MOST_ANCHORS: Final = 12


@dataclass(frozen=True, eq=False)
class Anchors:
    """Enrolled voices as the recording's line carries them: normal, each (num_anchors, num_dimensions)."""

    points: Array
    variances: Array

    def grouping(self) -> Grouping:
        """For clustering: groups that may be these voices'; without a voice, plain ones."""
        return partial(AnchoredGroups, anchors=self) if len(self.points) else Groups

    def near(self, space: VoiceSpace, points: Array, windows: Array) -> "Anchors":
        """Those nearest to most of the speech of groups, (num_groups, num_dimensions) and (num_groups,)."""
        scale = np.sqrt(space.of_line + space.of_window).astype(np.float64)
        ours, theirs = points / scale, self.points / scale
        squares = (theirs**2).sum(1) - 2 * ours @ theirs.T
        nearest = np.argsort(squares, axis=1, kind="stable")[:, :NEAREST]
        weight = np.bincount(nearest.ravel(), np.repeat(windows, nearest.shape[1]), len(theirs))
        rows = np.argsort(-weight, kind="stable")[:MOST_ANCHORS]
        return Anchors(self.points[rows], self.variances[rows])


class AnchoredGroups(Groups):
    """Groups of which each may be an enrolled speaker's."""

    def __init__(
        self, space: VoiceSpace, points: Array, windows: Array, measure: Measure, anchors: Anchors
    ) -> None:
        """Only the ``anchors`` nearest to the groups are looked at; the others are too far to matter."""
        self._anchors = anchors.near(space, points, windows)
        self._log_share = np.log(ENROLLED_SHARE / len(anchors.points))
        super().__init__(space, points, windows, measure)

    def gains(self, one: int) -> Array:
        """Nats won by joining group ``one`` with every group, (num_groups,)."""
        weights, sums = self.weights[one] + self.weights, self.sums[one] + self.sums
        stranger, whole = self._of_stranger(weights, sums), self._evidence(weights, sums)
        enrolled = -np.expm1(stranger - whole)
        return np.asarray(whole - self.evidence[one] - self.evidence + ONCE_BONUS * enrolled)

    def _evidence(self, weights: Array, sums: Array) -> Array:
        total = self._of_stranger(weights, sums)
        for point, variance in zip(self._anchors.points, self._anchors.variances, strict=True):
            fit = (sums + point / variance) ** 2 / (weights + 1 / variance) - point**2 / variance
            price = self.measure.occam_share * np.log1p(weights * variance)
            total = np.logaddexp(total, (fit - price).sum(-1) / 2 + self._log_share)
        return total

    def _of_stranger(self, weights: Array, sums: Array) -> Array:
        return np.asarray(super()._evidence(weights, sums) + np.log1p(-ENROLLED_SHARE))
