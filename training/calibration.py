"""Learning what scores are worth, on voices that the space and the cohort of each fold have not heard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from training.hearing import HeardVoice
from training.projection import learn_space
from training.voices import CONDITIONS
from worker.voiceprints.calibration import TAIL_SHARE, Calibration
from worker.voiceprints.scoring import MOST_WINDOWS, Cohort, Comparison, Pieces, Scorer
from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float64]
Rng = np.random.Generator

NUM_FOLDS: Final = 5
SIZES: Final = (1, 3, 7, 15)
"""Half overlapping windows in a piece: 1.6, 3.2, 6.4 and 12.8 s."""

UTTERANCE_WINDOWS: Final = 7
GALLERY_SIZES: Final = (1, 5, 20)
_NEWTON_STEPS: Final = 50


@dataclass(frozen=True, eq=False)
class Heard:
    """A piece of speech: its scores (num_voices,) against everybody, its windows' worth, and whose it is.

    It is only fit to be a stranger's if ``owner``, a place in ``scores``, was enrolled from it too.
    """

    scores: Array
    windows: float
    owner: int
    only_stranger: bool


def windows_worth(num_windows: int) -> float:
    """Of half overlapping windows."""
    return (num_windows + 1) / 2


def make_cohort(space: VoiceSpace, voices: Sequence[HeardVoice]) -> Cohort:
    """Every voice, on every kind of line."""
    return Cohort(
        [_pieces([space.project(voice.exemplars[line]) for voice in voices]) for line in Line],
        [_pieces(_utterances(space, voices, line)) for line in Line],
    )


def _utterances(space: VoiceSpace, voices: Sequence[HeardVoice], line: Line) -> list[NDArray[np.float32]]:
    names = [condition.name for condition in CONDITIONS if condition.line is line]
    return [space.project(voice.conditions[name])[:UTTERANCE_WINDOWS] for voice in voices for name in names]


def _pieces(points: Sequence[NDArray[np.float32]]) -> Pieces:
    windows = [min(windows_worth(len(one)), MOST_WINDOWS) for one in points]
    return Pieces(np.array([one.mean(0) for one in points], np.float32), np.array(windows, np.float32))


def hear_fold(train: Sequence[HeardVoice], test: Sequence[HeardVoice]) -> Iterator[Heard]:
    """Every piece of every test voice in every condition against all test voices' exemplars.

    A voice is enrolled from the second half of its recording and heard from the first.
    """
    space = learn_space(train)
    scorer = Scorer(space, make_cohort(space, train))
    for condition in CONDITIONS:
        enrolled = _pieces(
            [_second_half(space.project(one.exemplars[condition.line]), condition.line) for one in test]
        )
        comparison = Comparison(space, enrolled)
        for owner, voice in enumerate(test):
            points = space.project(voice.conditions[condition.name])
            for piece, is_half in _cuts(points):
                mean, windows = piece.mean(0), windows_worth(len(piece))
                ratios = comparison.ratios(mean, windows)
                scores = scorer.normalised(ratios, mean, windows, enrolled, condition.line)
                yield Heard(scores.astype(np.float64), windows, owner, only_stranger=not is_half)


def _cuts(points: NDArray[np.float32]) -> Iterator[tuple[NDArray[np.float32], bool]]:
    half = len(points) // 2
    for size in SIZES:
        for start in range(0, len(points) - size + 1, max(size, 4)):
            yield points[start : start + size], start + size <= half


def _second_half(points: NDArray[np.float32], line: Line) -> NDArray[np.float32]:
    # The renderings of an exemplar stand one after another.
    parts = np.array_split(points, 1 if line is Line.WIDEBAND else 2)
    return np.concatenate([part[len(part) // 2 :] for part in parts])


def calibrate(voices: Sequence[HeardVoice]) -> Calibration:
    """Cross-validated over ``voices``."""
    heard = [one for train, test in folds(voices, NUM_FOLDS) for one in hear_fold(train, test)]
    rows = [_fit(heard, windows_worth(size)) for size in SIZES]
    columns = np.array(rows, np.float32).T
    return Calibration(np.array([windows_worth(size) for size in SIZES], np.float32), *columns)


def folds(voices: Sequence[HeardVoice], number: int) -> Iterator[tuple[list[HeardVoice], list[HeardVoice]]]:
    """Train and test voices of each fold."""
    order = np.random.default_rng(0).permutation(len(voices))
    for fold in range(number):
        test = set(order[fold::number].tolist())
        yield (
            [voice for place, voice in enumerate(voices) if place not in test],
            [voice for place, voice in enumerate(voices) if place in test],
        )


def _fit(heard: Sequence[Heard], windows: float) -> tuple[float, ...]:
    alike = [one for one in heard if one.windows == windows]
    other = np.concatenate([np.delete(one.scores, one.owner) for one in alike])
    start = float(np.quantile(other, 1 - TAIL_SHARE))
    scale = float((other[other > start] - start).mean())
    if all(one.only_stranger for one in alike):
        # Recordings are too short for a half of this size; twice the speech is no worse than half of it.
        return (start, scale, *_fit(heard, windows / 2)[2:])
    rng = np.random.default_rng(0)
    return (start, scale, *_logistic([*_best_of_galleries(alike, rng)]))


@dataclass(frozen=True)
class Best:
    """The best score in a random gallery, and whether the voice was that one's."""

    score: float
    gallery_size: int
    is_enrolled: bool
    is_right: bool


def _best_of_galleries(heard: Sequence[Heard], rng: Rng) -> Iterator[Best]:
    """Of every piece: once of a gallery that knows the voice, if it may, and once of one that does not."""
    for one in heard:
        others = np.delete(one.scores, one.owner)
        for size in GALLERY_SIZES:
            drawn = others[rng.permutation(len(others))[:size]]
            yield Best(float(drawn.max()), len(drawn), is_enrolled=False, is_right=False)
            if not one.only_stranger:
                own, best_other = float(one.scores[one.owner]), float(drawn[1:].max(initial=-np.inf))
                yield Best(max(own, best_other), len(drawn), is_enrolled=True, is_right=own > best_other)


def _logistic(trials: Sequence[Best]) -> tuple[float, float, float]:
    """Weights of 1, score and log size in the log odds; strangers count like the enrolled. By Newton."""
    enrolled = np.array([one.is_enrolled for one in trials])
    wanted = np.array([one.is_right for one in trials], np.float64)
    weight = np.where(enrolled, 0.5 / enrolled.sum(), 0.5 / (~enrolled).sum())
    design = np.array([(1.0, one.score, np.log(one.gallery_size)) for one in trials])
    found = np.zeros(3)
    for _ in range(_NEWTON_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(design @ found, -50, 50)))
        gradient = design.T @ (weight * (wanted - likely))
        curvature = (design.T * (weight * likely * (1 - likely))) @ design + 1e-6 * np.eye(3)
        found = found + np.linalg.solve(curvature, gradient)
    return float(found[0]), float(found[1]), float(found[2])
