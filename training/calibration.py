"""Learning what scores are worth, on voices that the space and the cohort of each fold have not heard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.hearing import HeardVoice
from training.trials import SIZES, Heard, hear_folds, windows_worth
from worker.voiceprints.calibration import TAIL_SHARE, Calibration

Array = NDArray[np.float64]
Rng = np.random.Generator

TAIL_FOLDS: Final = 5
ODDS_FOLDS: Final = 10
"""A space learned from fewer voices tells less, so that each leaves out few."""

GALLERY_SIZES: Final = (1, 5, 20, 50)
_NEWTON_STEPS: Final = 50


def calibrate(voices: Sequence[HeardVoice]) -> Calibration:
    """Cross-validated over ``voices``."""
    # Tails err to the safe side: of enrolments that count once, as in use, they let 2.0 % of strangers pass
    # where 1 % is asked for, of those that count as often as they were rendered 0.6 to 0.8 %.
    heard = hear_folds(voices, TAIL_FOLDS, each_rendering=True)
    tails = [_tail(_of_length(heard, windows_worth(size))) for size in SIZES]
    start, scale = np.array(tails, np.float32).T
    windows = np.array([windows_worth(size) for size in SIZES], np.float32)
    return Calibration(windows, start, scale, **learn_odds(voices))


def _of_length(heard: Sequence[Heard], windows: float) -> list[Heard]:
    return [one for one in heard if one.windows == windows]


def _tail(heard: Sequence[Heard]) -> tuple[float, float]:
    """Where the tail of strangers' scores starts, and the mean of what exceeds that: the likeliest scale."""
    scores = np.concatenate([one.of_others for one in heard])
    start = float(np.quantile(scores, 1 - TAIL_SHARE))
    return start, float((scores[scores > start] - start).mean())


def learn_odds(voices: Sequence[HeardVoice]) -> dict[str, NDArray[np.float32]]:
    """The weights of a Calibration that make log odds, by name, each (num_sizes,); cross-validated."""
    heard = hear_folds(voices, ODDS_FOLDS, each_rendering=False)
    rows = np.array([_odds_of(heard, windows_worth(size)) for size in SIZES], np.float32)
    kinds = ("intercept", "slope", "size_slope")
    names = (*kinds, *(f"known_{kind}" for kind in kinds))
    return dict(zip(names, np.ascontiguousarray(rows.T), strict=True))


def _odds_of(heard: Sequence[Heard], windows: float) -> tuple[float, ...]:
    alike = _of_length(heard, windows)
    if all(one.only_stranger for one in alike):
        # Recordings are too short for a half of this size; twice the speech is no worse than half of it.
        return _odds_of(heard, windows / 2)
    trials = [*_best_of_galleries(alike, np.random.default_rng(0))]
    is_right = _logistic(trials, [one.is_right for one in trials])
    return (*is_right, *_logistic(trials, [one.is_enrolled for one in trials]))


@dataclass(frozen=True)
class Best:
    """The best score in a random gallery, whether the voice was in it, and whether it was that one's."""

    score: float
    gallery_size: int
    is_enrolled: bool
    is_right: bool


def _best_of_galleries(heard: Sequence[Heard], rng: Rng) -> Iterator[Best]:
    """Of every piece: once of a gallery that knows the voice, if it may, and once of one that does not.

    Larger galleries than a fold has voices are filled up with what others scored on the same kind of line.
    """
    others = {
        line: np.concatenate([one.of_others for one in heard if one.line is line])
        for line in {one.line for one in heard}
    }
    for one in heard:
        for size in GALLERY_SIZES:
            drawn = rng.permutation(one.of_others)[:size]
            drawn = np.concatenate([drawn, rng.choice(others[one.line], size - len(drawn))])
            yield Best(float(drawn.max()), size, is_enrolled=False, is_right=False)
            if not one.only_stranger:
                own, best_other = float(one.scores[one.owner]), float(drawn[1:].max(initial=-np.inf))
                yield Best(max(own, best_other), size, is_enrolled=True, is_right=own > best_other)


def _logistic(trials: Sequence[Best], is_true: Sequence[bool]) -> tuple[float, float, float]:
    """Weights of 1, score and log size in log odds; strangers count like the enrolled. By Newton's method."""
    enrolled = np.array([one.is_enrolled for one in trials])
    wanted = np.array(is_true, np.float64)
    weight = np.where(enrolled, 0.5 / enrolled.sum(), 0.5 / (~enrolled).sum())
    design = np.array([(1.0, one.score, np.log(one.gallery_size)) for one in trials])
    found = np.zeros(3)
    for _ in range(_NEWTON_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(design @ found, -50, 50)))
        gradient = design.T @ (weight * (wanted - likely))
        curvature = (design.T * (weight * likely * (1 - likely))) @ design + 1e-6 * np.eye(3)
        found = found + np.linalg.solve(curvature, gradient)
    return float(found[0]), float(found[1]), float(found[2])
