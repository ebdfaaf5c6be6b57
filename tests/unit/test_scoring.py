"""How much likelier one voice is than two."""

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain import Line
from tests.unit.voices import space, voice, windows
from worker.voiceprints.scoring import (
    EVIDENCE_SHARE,
    LINE_SHARE,
    MOST_WINDOWS,
    Cohort,
    Comparison,
    Pieces,
    Scorer,
)

ANN, BOB = 1, 2
LENGTHS = np.array([1, 3, 8], np.float32)
ENROLLED = Pieces(np.stack([windows(ANN, 40).mean(0), voice(BOB), voice(5)]), LENGTHS)


def written_out(
    piece: NDArray[np.float32], piece_windows: float, heard: NDArray[np.float32], heard_windows: float
) -> float:
    """log p(piece, heard | one voice) − log p(piece) − log p(heard), dimension by dimension."""
    known, total = space(), 0.0
    for dimension in range(known.mean.size):
        between = known.between_voices[dimension]
        noise = [
            known.of_window[dimension] / (EVIDENCE_SHARE * count) + LINE_SHARE * known.of_line[dimension]
            for count in (piece_windows, heard_windows)
        ]
        pair = np.array([piece[dimension], heard[dimension]], np.float64)
        together = np.array([[between + noise[0], between], [between, between + noise[1]]])
        apart = np.diag(np.diag(together))
        for covariance, sign in ((together, 1), (apart, -1)):
            density = -0.5 * (pair @ np.linalg.solve(covariance, pair) + np.log(np.linalg.det(covariance)))
            total += sign * density
    return total


@pytest.mark.parametrize("row", [0, 1, 2])
@pytest.mark.parametrize("count", [0.5, 2.0, 8.0])
def test_the_ratio_is_the_formula(row: int, count: float) -> None:
    heard = windows(ANN, 5).mean(0)
    ratio = Comparison(space(), ENROLLED).ratios(heard, count)[row]
    expected = written_out(ENROLLED.points[row], LENGTHS[row], heard, count)
    assert ratio == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_one_voice_is_likelier_than_two_for_his_own_speech() -> None:
    ratios = Comparison(space(), ENROLLED).ratios(windows(ANN, 5, seed=9).mean(0), 3)
    assert ratios[0] > 0 > ratios[1]


def test_more_speech_is_surer() -> None:
    heard = windows(ANN, 5, seed=9).mean(0)
    short, long = (Comparison(space(), ENROLLED).ratios(heard, count)[0] for count in (1, 6))
    assert long > short


def test_very_much_speech_is_no_surer_than_much() -> None:
    heard = windows(ANN, 5, seed=9).mean(0)
    much, more = (Comparison(space(), ENROLLED).ratios(heard, MOST_WINDOWS * by)[0] for by in (1, 10))
    assert more == much


def test_a_voice_on_another_line_is_less_sure() -> None:
    heard = windows(ANN, 5, seed=9).mean(0)
    same, other = (Comparison(space(), ENROLLED, share).ratios(heard, 3)[0] for share in (0.3, 20.0))
    assert other < same


def normalised(ratio_shift: float) -> NDArray[np.float32]:
    pieces = Pieces(np.stack([voice(number) for number in range(10, 40)]), np.full(30, 8, np.float32))
    scorer = Scorer(space(), Cohort([pieces] * len(Line), [pieces] * len(Line)))
    heard = windows(ANN, 5, seed=9).mean(0)
    ratios = Comparison(space(), ENROLLED).ratios(heard, 3) + np.float32(ratio_shift)
    return scorer.normalised(ratios, heard, 3, ENROLLED, Line.WIDEBAND)


def test_what_stands_out_from_the_cohort_scores_more_than_its_ratio() -> None:
    assert normalised(0.0)[0] > Comparison(space(), ENROLLED).ratios(windows(ANN, 5, seed=9).mean(0), 3)[0]


def test_a_better_ratio_has_a_better_score() -> None:
    assert (normalised(1.0) > normalised(0.0)).all()


def test_without_a_cohort_a_score_is_the_ratio() -> None:
    heard = windows(ANN, 3, seed=9).mean(0)
    ratios = Comparison(space(), ENROLLED).ratios(heard, 3)
    scores = Scorer(space(), None).normalised(ratios, heard, 3, ENROLLED, Line.WIDEBAND)
    assert scores.tolist() == ratios.tolist()
