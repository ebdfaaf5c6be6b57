"""Whose voice is it? Voices against a gallery, and the decision about a name. Knows no model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Candidate, Line, StrangerReason
from worker.voiceprints.calibration import Calibration
from worker.voiceprints.scoring import (
    LINE_SHARE,
    MOST_WINDOWS,
    OTHER_LINE_SHARE,
    Comparison,
    Pieces,
    Scorer,
)

Array = NDArray[np.float32]

MOST_CANDIDATES: Final = 3

RIVAL_MARGIN: Final = 12.0
"""A voice whose score is so far below what the best claim to its name lets expect is somebody else."""

HALF_SCORE_WINDOWS: Final = 2.0
"""From so much speech a voice scores half of what it would from very much."""

_CLOSELY_COMPARED: Final = 10


@dataclass(frozen=True, eq=False)
class Voiceprint:
    """What an enrolled speaker sounds like.

    ``exemplars`` (num_lines, num_dimensions) are points of the voice space, one for each `Line` in its order;
    NaN where there is none. ``windows`` says how much speech stands behind them.
    """

    speaker_id: str
    exemplars: Array
    windows: float


@dataclass(frozen=True)
class Decision:
    """How sure a name has to be: a rate of false accepts, or else a least score; and a margin.

    A voice that scores less than ``margin`` nats better for one speaker than for the next is nobody's.
    """

    target_false_accept: float
    least_score: float | None = None
    margin: float = 0.0


@dataclass(frozen=True)
class Match:
    """The outcome of a comparison: ``speaker_id`` is None when the voice was not named.

    ``score`` is that of the nearest candidate for so many ``windows``; ``confidence``, 0 to 1, is that of the
    decision about the name.
    ``reason`` says why there is no name; ``candidates`` are the nearest speakers, best first.
    """

    speaker_id: str | None
    score: float | None = None
    windows: float = 0.0
    confidence: float | None = None
    reason: StrangerReason | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def nearest_id(self) -> str | None:
        """The speaker it is nearest to, if it was compared with any."""
        return self.candidates[0].speaker_id if self.candidates else None

    @property
    def strength(self) -> float:
        """What the score would be from very much speech; minus infinity without a score."""
        return -np.inf if self.score is None else self.score / _share_of_score(max(self.windows, 0.1))

    def unnamed(self, reason: StrangerReason) -> "Match":
        """The same comparison, for a voice that is not to be named."""
        confidence = self.confidence
        if self.speaker_id is not None and confidence is not None:
            confidence = 1 - confidence
        return replace(self, speaker_id=None, reason=reason, confidence=confidence)


NO_MATCH: Final = Match(None, reason=StrangerReason.BELOW_THRESHOLD)
"""Of a voice that there was nothing to compare with."""


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
        match = Match(candidates[0].speaker_id, best, windows, right, None, candidates)
        least = decision.least_score
        if least is None:
            least = self._calibration.score_for(decision.target_false_accept, windows, size)
        if best < least:
            return match.unnamed(StrangerReason.BELOW_THRESHOLD)
        if len(scores) > 1 and best - scores[1] < decision.margin:
            return match.unnamed(StrangerReason.AMBIGUOUS)
        return match


def combine(exemplars: Sequence[Array], windows: Sequence[float]) -> Array:
    """One speaker's exemplars (num_lines, num_dimensions), of all his samples, each by its windows.

    NaN remains where no sample has a line. Raises ValueError when there is no sample.
    """
    if not exemplars:
        raise ValueError("a voiceprint needs at least one sample")
    stacked = np.stack(exemplars).astype(np.float64)
    known = ~np.isnan(stacked).any(2)
    weights = known * np.maximum(np.asarray(windows, np.float64), 1e-3)[:, None]
    total = np.einsum("sl,sld->ld", weights, np.nan_to_num(stacked))
    with np.errstate(invalid="ignore"):
        mean: Array = (total / weights.sum(0)[:, None]).astype(np.float32)
    return mean


def settle_claims(matches: Mapping[str, Match], exclusive: bool) -> dict[str, Match]:
    """The matches of a recording's voices, without names that another of its voices has far better claim to.

    Voices heard over one line score alike, strangers too, and so may all pass. A voice that scores far below
    what the best claim to the same name lets expect of so much speech is therefore a stranger, and its match
    ambiguous; pieces of one voice are nearer. If names are ``exclusive``, only the best claim stands.
    """
    best: dict[str, Match] = {}
    for match in matches.values():
        if match.speaker_id is not None and match.strength > best.get(match.speaker_id, NO_MATCH).strength:
            best[match.speaker_id] = match
    return {
        voice: match.unnamed(StrangerReason.AMBIGUOUS)
        if match.speaker_id is not None and _is_outclaimed(match, best[match.speaker_id], exclusive)
        else match
        for voice, match in matches.items()
    }


def _is_outclaimed(match: Match, best: Match, exclusive: bool) -> bool:
    if match is best or match.score is None:
        return False
    return exclusive or match.score < best.strength * _share_of_score(match.windows) - RIVAL_MARGIN


def _share_of_score(windows: float) -> float:
    """What a voice scores from so much speech, as a share of what it would from very much."""
    told = min(windows, MOST_WINDOWS)
    return told / (told + HALF_SCORE_WINDOWS)


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
