"""Voices heard by enrolments that nothing knew: the space and the cohort of each fold leave them out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from training.hearing import HeardVoice
from training.projection import learn_space
from training.voices import CONDITIONS
from worker.voiceprints.scoring import MOST_WINDOWS, Cohort, Comparison, Pieces, Scorer
from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float64]
Points = NDArray[np.float32]

SIZES: Final = (1, 3, 7, 15)
"""Half overlapping windows in a piece: 1.6, 3.2, 6.4 and 12.8 s."""

UTTERANCE_WINDOWS: Final = 7


@dataclass(frozen=True, eq=False)
class Heard:
    """A piece of speech: its scores (num_voices,) against everybody, its windows' worth, and whose it is.

    It is only fit to be a stranger's if ``owner``, a place in ``scores``, was enrolled from it too.
    """

    scores: Array
    windows: float
    owner: int
    only_stranger: bool
    line: Line

    @property
    def of_others(self) -> Array:
        """Scores against everybody else, (num_voices - 1,)."""
        return np.delete(self.scores, self.owner)


def windows_worth(num_windows: int) -> float:
    """Of half overlapping windows."""
    return (num_windows + 1) / 2


def make_cohort(space: VoiceSpace, voices: Sequence[HeardVoice]) -> Cohort:
    """Every voice, on every kind of line."""
    return Cohort(
        [_pieces([space.project(voice.exemplars[line]) for voice in voices]) for line in Line],
        [_pieces(_utterances(space, voices, line)) for line in Line],
    )


def _utterances(space: VoiceSpace, voices: Sequence[HeardVoice], line: Line) -> list[Points]:
    names = [condition.name for condition in CONDITIONS if condition.line is line]
    return [space.project(voice.conditions[name])[:UTTERANCE_WINDOWS] for voice in voices for name in names]


def _pieces(points: Sequence[Points]) -> Pieces:
    windows = [min(windows_worth(len(one)), MOST_WINDOWS) for one in points]
    return Pieces(np.array([one.mean(0) for one in points], np.float32), np.array(windows, np.float32))


def folds(voices: Sequence[HeardVoice], number: int) -> Iterator[tuple[list[HeardVoice], list[HeardVoice]]]:
    """Train and test voices of each fold."""
    order = np.random.default_rng(0).permutation(len(voices))
    for fold in range(number):
        test = set(order[fold::number].tolist())
        yield (
            [voice for place, voice in enumerate(voices) if place not in test],
            [voice for place, voice in enumerate(voices) if place in test],
        )


def hear_folds(voices: Sequence[HeardVoice], number: int, *, each_rendering: bool) -> list[Heard]:
    """Every piece of every voice in every condition against the exemplars of all voices of its fold.

    A voice is enrolled from the second half of its recording and heard from the first. Its enrolment counts
    as the speech that it is, or with ``each_rendering`` as often as that was rendered for the line.
    """
    return [one for train, test in folds(voices, number) for one in _hear_fold(train, test, each_rendering)]


def _hear_fold(train: Sequence[HeardVoice], test: Sequence[HeardVoice], each: bool) -> Iterator[Heard]:
    space = learn_space(train)
    scorer = Scorer(space, make_cohort(space, train))
    for condition in CONDITIONS:
        line = condition.line
        enrolled = _second_halves([space.project(one.exemplars[line]) for one in test], line, each)
        comparison = Comparison(space, enrolled)
        for owner, voice in enumerate(test):
            for piece, is_half in _cuts(space.project(voice.conditions[condition.name])):
                mean, windows = piece.mean(0), windows_worth(len(piece))
                scores = scorer.normalised(
                    comparison.ratios(mean, windows), mean, windows, enrolled, line
                ).astype(np.float64)
                yield Heard(scores, windows, owner, not is_half, line)


def _cuts(points: Points) -> Iterator[tuple[Points, bool]]:
    half = len(points) // 2
    for size in SIZES:
        for start in range(0, len(points) - size + 1, max(size, 4)):
            yield points[start : start + size], start + size <= half


def _second_halves(voices: Sequence[Points], line: Line, each_rendering: bool) -> Pieces:
    # The renderings of an exemplar stand one after another.
    number = 1 if line is Line.WIDEBAND else 2
    halves = [[part[len(part) // 2 :] for part in np.array_split(voice, number)] for voice in voices]
    together = [np.concatenate(parts) for parts in halves]
    speech = together if each_rendering else [parts[0] for parts in halves]
    windows = [min(windows_worth(len(one)), MOST_WINDOWS) for one in speech]
    return Pieces(np.array([one.mean(0) for one in together], np.float32), np.array(windows, np.float32))
