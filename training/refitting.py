"""Learning only confidence anew, beside a stored space: decisions and voiceprints stay as they are."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from training.calibration import learn_odds
from training.hearing import HeardVoice
from training.projection import learn_space
from training.trials import UTTERANCE_WINDOWS, make_cohort, windows_worth
from training.voices import CONDITIONS
from worker.models.learned import space_and_cohort
from worker.voiceprints.scoring import MOST_WINDOWS, Comparison, Pieces, Scorer

Array = NDArray[np.float32]

MOST_DIFFERENT_NATS: Final = 0.5
"""How samples are rounded and coded moves scores by about 0.2 nats."""


class OtherVoicesError(Exception):
    """The stored space was learned from other voices, or from what other networks hear of them."""


def with_confidence_learned_anew(
    tensors: dict[str, Array], voices: Sequence[HeardVoice]
) -> tuple[dict[str, Array], float]:
    """The file's tensors with other odds and nothing else; and by how many nats spaces differ.

    Odds are learned from scores under spaces of the folds of ``voices``, and so are only worth something
    beside a space learned from the same. Raises OtherVoicesError where its scores are others.
    """
    space = learn_space(voices)
    scorers = Scorer(*space_and_cohort(tensors)), Scorer(space, make_cohort(space, voices))
    stored, learned = (scores_of(scorer, voices) for scorer in scorers)
    difference = float(np.sqrt(np.square(stored - learned).mean()))
    if difference > MOST_DIFFERENT_NATS:
        raise OtherVoicesError(
            f"Scores of these voices differ by {difference:.2f} nats from those under the stored space, "
            f"more than {MOST_DIFFERENT_NATS}: learn everything anew."
        )
    return tensors | {f"calibration.{name}": one for name, one in learn_odds(voices).items()}, difference


def scores_of(scorer: Scorer, voices: Sequence[HeardVoice]) -> Array:
    """Of everybody's first words against everybody's exemplar, (num_lines, num_voices, num_voices)."""
    return np.array([_scores_on(scorer, voices, line) for line in Line])


def _scores_on(scorer: Scorer, voices: Sequence[HeardVoice], line: Line) -> Array:
    space, number = scorer.space, len(voices)
    means = np.array([space.project(voice.exemplars[line]).mean(0) for voice in voices], np.float32)
    enrolled = Pieces(means, np.full(number, MOST_WINDOWS, np.float32))
    comparison = Comparison(space, enrolled)
    name = next(condition.name for condition in CONDITIONS if condition.line is line)
    rows = []
    for voice in voices:
        points = space.project(voice.conditions[name])[:UTTERANCE_WINDOWS]
        mean, windows = points.mean(0), windows_worth(len(points))
        rows.append(scorer.normalised(comparison.ratios(mean, windows), mean, windows, enrolled, line))
    return np.array(rows)
