"""Whose voice is it? Voices against a gallery of voiceprints. Knows no model."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Candidate, Line, StrangerReason
from worker.diarization.anchors import Anchors
from worker.voiceprints.calibration import Calibration
from worker.voiceprints.matching import NO_MATCH, Decision, Match
from worker.voiceprints.scoring import (
    EVIDENCE_SHARE,
    LINE_SHARE,
    MOST_WINDOWS,
    OTHER_LINE_SHARE,
    Comparison,
    Pieces,
    Scorer,
)
from worker.voiceprints.voiceprint import Voiceprint

Array = NDArray[np.float32]

MOST_CANDIDATES: Final = 3

_CLOSELY_COMPARED: Final = 10


class Gallery:
    """The voiceprints that the voices of a recording are compared with, all at once."""

    def __init__(
        self, voiceprints: Iterable[Voiceprint], line: Line, scorer: Scorer, calibration: Calibration
    ) -> None:
        voiceprints = list(voiceprints)
        self.speaker_ids = [voiceprint.speaker_id for voiceprint in voiceprints]
        self._line, self._scorer, self._calibration = line, scorer, calibration
        if not voiceprints:
            return
        exemplars = np.stack([voiceprint.exemplars for voiceprint in voiceprints])
        self._lines = _nearest_lines(exemplars, line)
        points = exemplars[np.arange(len(voiceprints)), self._lines]
        self._pieces = Pieces(points, np.array([one.windows for one in voiceprints], np.float32))
        alike = self._lines == list(Line).index(line)
        self._parts = [
            (rows, Comparison(scorer.space, _rows(self._pieces, rows), share))
            for rows, share in (
                (np.flatnonzero(alike), LINE_SHARE),
                (np.flatnonzero(~alike), OTHER_LINE_SHARE),
            )
            if rows.size
        ]

    def match(self, point: Array, windows: float, decision: Decision) -> Match:
        """Who the voice at ``point`` (num_dimensions,), of so many windows, is, and how sure that is."""
        if not self.speaker_ids:
            return NO_MATCH
        ratios = np.empty(len(self.speaker_ids), np.float32)
        for rows, comparison in self._parts:
            ratios[rows] = comparison.ratios(point, windows)
        nearest = _largest(ratios, _CLOSELY_COMPARED)
        pieces = _rows(self._pieces, nearest)
        scores = self._scorer.normalised(ratios[nearest], point, windows, pieces, self._line)
        order = np.argsort(-scores, kind="stable")
        return self._decide(nearest[order], scores[order], windows, decision)

    def anchors(self) -> Anchors:
        """The voices as the recording's line carries them, for clustering to hold on to."""
        shape = (0, self._scorer.space.of_line.size)
        if not self.speaker_ids:
            return Anchors(np.empty(shape), np.empty(shape))
        space, told = self._scorer.space, EVIDENCE_SHARE * np.minimum(self._pieces.windows, MOST_WINDOWS)
        variances = space.of_line * OTHER_LINE_SHARE + space.of_window / told[:, None]
        return Anchors(self._pieces.points.astype(np.float64), variances.astype(np.float64))

    def as_only_one(self, match: Match, decision: Decision) -> Match:
        """The match, named also if the score would do if only its nearest speaker were looked for."""
        if match.reason is not StrangerReason.BELOW_THRESHOLD or match.score is None:
            return match
        alone = self._calibration.score_for(decision.target_false_accept, match.windows, 1)
        if decision.least_score is not None or match.score < alone:
            return match
        right = self._calibration.confidence(match.score, match.windows, 1)
        return replace(match, speaker_id=match.nearest_id, reason=None, confidence=right)

    def _decide(self, rows: NDArray[np.int64], scores: Array, windows: float, decision: Decision) -> Match:
        best, size = float(scores[0]), len(self.speaker_ids)
        candidates = tuple(
            Candidate(self.speaker_ids[row], float(score), list(Line)[self._lines[row]])
            for row, score in list(zip(rows, scores, strict=True))[:MOST_CANDIDATES]
        )
        right = self._calibration.confidence(best, windows, size)
        stranger = self._calibration.stranger_confidence(best, windows, size)
        match = Match(candidates[0].speaker_id, best, windows, right, None, candidates, stranger)
        least = decision.least_score
        if least is None:
            least = self._calibration.score_for(decision.target_false_accept, windows, size)
        if best < least:
            return match.unnamed(StrangerReason.BELOW_THRESHOLD)
        if len(scores) > 1 and best - scores[1] < decision.margin:
            return match.unnamed(StrangerReason.AMBIGUOUS)
        return match


def _rows(pieces: Pieces, rows: NDArray[np.int64]) -> Pieces:
    return Pieces(pieces.points[rows], pieces.windows[rows])


def _largest(ratios: Array, number: int) -> NDArray[np.int64]:
    """Places of the ``number`` largest, the largest first; of equals, the first."""
    some = np.argpartition(-ratios, number)[:number] if ratios.size > number else np.arange(ratios.size)
    some = np.sort(some)
    return some[np.argsort(-ratios[some], kind="stable")]


def _nearest_lines(exemplars: Array, line: Line) -> NDArray[np.int64]:
    """Of each voiceprint the line itself if it has an exemplar of it, else the first that it has.

    ``exemplars`` (num_voiceprints, num_lines, num_dimensions); places in `Line`, (num_voiceprints,).
    """
    known = ~np.isnan(exemplars[:, :, 0])
    place = list(Line).index(line)
    return np.where(known[:, place], place, known.argmax(1))
