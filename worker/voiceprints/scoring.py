"""How much more likely two pieces of speech are one voice than two: the score of a comparison.

The log likelihood ratio of two-covariance PLDA with diagonal covariances, in nats, plus its adaptive
symmetric normalisation against a cohort (P. Matějka et al., "Analysis of score normalization in multilingual
speaker recognition", Interspeech 2017). The ratio tells long pieces better, the normalised one short pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float32]

EVIDENCE_SHARE: Final = 0.15
"""Windows of one voice are far from independent: each counts as so much of one that would be."""

LINE_SHARE: Final = 0.3
"""Lines of one kind differ by so much of what lines of all kinds do."""

OTHER_LINE_SHARE: Final = 1.0
"""The same for a comparison of different kinds."""

MOST_WINDOWS: Final = 8
"""More speech than this (13 s) tells a voice no better: what varies then varies from day to day."""

NEAREST_OF_COHORT: Final = 10

_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Pieces:
    """Mean points (num_pieces, num_dimensions) of pieces of speech, and the windows' worth of each."""

    points: Array
    windows: Array

    def __len__(self) -> int:
        return len(self.points)


class Comparison:
    """Compares a voice with many pieces at once: all of a kind of line, or all of other kinds."""

    def __init__(self, space: VoiceSpace, pieces: Pieces, line_share: float = LINE_SHARE) -> None:
        self._space = space
        self._line = space.of_line * line_share
        whole = np.clip(np.round(pieces.windows), 1, MOST_WINDOWS).astype(int)
        # Pieces that weigh the same share one quadratic form, which is then a matrix product.
        self._groups = [(int(count), np.flatnonzero(whole == count)) for count in np.unique(whole)]
        self._points = [pieces.points[rows] for _, rows in self._groups]
        self._squares = [np.square(points) for points in self._points]
        self._num_pieces = len(pieces)

    def ratios(self, voices: Array, windows: float) -> Array:
        """Log likelihood ratios of voices, each of so many windows, against every piece.

        ``voices`` (…, num_dimensions) have shape (…, num_pieces) of ratios.
        """
        between = self._space.between_voices
        own = between + self._noise(min(max(windows, _TOLERANCE), MOST_WINDOWS))
        found = np.empty((*voices.shape[:-1], self._num_pieces), np.float32)
        for (count, rows), points, squares in zip(self._groups, self._points, self._squares, strict=True):
            theirs = between + self._noise(count)
            determinant = theirs * own - between**2
            constant = (np.log(theirs) + np.log(own) - np.log(determinant)).sum()
            constant = constant + np.square(voices) @ (1 / own - theirs / determinant)
            ratio = squares @ (1 / theirs - own / determinant)
            ratio = ratio + (2 * between * voices / determinant) @ points.T
            found[..., rows] = (ratio + constant[..., None]) / 2
        return found

    def _noise(self, windows: float) -> Array:
        noise: Array = self._space.of_window / (EVIDENCE_SHARE * windows) + self._line
        return noise


@dataclass(frozen=True, eq=False)
class Cohort:
    """Voices of nobody in particular, on each kind of line: what a score would be for a stranger.

    ``exemplars`` are as long as enrolments, ``utterances`` as things said in a conversation; each has one
    entry per `Line`, in its order.
    """

    exemplars: Sequence[Pieces]
    utterances: Sequence[Pieces]


class Scorer:
    """Scores voices against pieces of one kind of line; without a cohort, by the ratios as they are."""

    def __init__(self, space: VoiceSpace, cohort: Cohort | None) -> None:
        self.space = space
        self._cohort = cohort
        if cohort is None:
            return
        self._of_voice = {
            line: Comparison(space, cohort.exemplars[number]) for number, line in enumerate(Line)
        }
        self._of_piece = {
            line: Comparison(space, cohort.utterances[number]) for number, line in enumerate(Line)
        }

    def normalised(self, ratios: Array, voice: Array, windows: float, pieces: Pieces, line: Line) -> Array:
        """Scores (num_pieces,) of ``voice``, from its log likelihood ratios against ``pieces``."""
        if self._cohort is None:
            return ratios
        weights = np.clip(np.round(pieces.windows), 1, MOST_WINDOWS)
        of_pieces = np.empty((len(pieces), 2), np.float32)
        for weight in np.unique(weights):
            rows = weights == weight
            of_pieces[rows] = _nearest(self._of_piece[line].ratios(pieces.points[rows], float(weight)))
        of_voice = _nearest(self._of_voice[line].ratios(voice, windows))
        distances = [(ratios - mean) / (spread + _TOLERANCE) for mean, spread in (of_voice, of_pieces.T)]
        return np.asarray(ratios + sum(distances) / 2, np.float32)


def _nearest(ratios: Array) -> Array:
    """Mean and standard deviation, (…, 2), of the largest of ``ratios`` (…, num_pieces)."""
    nearest = np.partition(ratios, -NEAREST_OF_COHORT, axis=-1)[..., -NEAREST_OF_COHORT:]
    return np.stack([nearest.mean(-1), nearest.std(-1)], axis=-1)
