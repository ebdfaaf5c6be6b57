"""What a score is worth."""

import numpy as np
import pytest

from worker.voiceprints.calibration import TAIL_SHARE, Calibration

CALIBRATION = Calibration(
    windows=np.array([1, 8], np.float32),
    tail_start=np.array([2, 6], np.float32),
    tail_scale=np.array([1, 2], np.float32),
    intercept=np.array([0, -4], np.float32),
    slope=np.array([0.6, 0.8], np.float32),
    size_slope=np.array([-1, -1], np.float32),
    known_intercept=np.array([0, -4], np.float32),
    known_slope=np.array([0.6, 0.8], np.float32),
    known_size_slope=np.array([-0.5, -0.5], np.float32),
)


@pytest.mark.parametrize("size", [1, 5, 50, 10_000])
@pytest.mark.parametrize("windows", [0.3, 1, 3, 8, 40])
@pytest.mark.parametrize("target", [0.001, 0.01, 0.2])
def test_the_score_for_a_rate_has_that_rate(target: float, windows: float, size: int) -> None:
    score = CALIBRATION.score_for(target, windows, size)
    assert CALIBRATION.false_accept_probability(score, windows, size) == pytest.approx(target, rel=1e-3)


def test_the_tail_starts_at_its_share() -> None:
    assert CALIBRATION.false_accept_probability(6.0, 8, 1) == pytest.approx(TAIL_SHARE)


def test_a_larger_gallery_asks_for_more() -> None:
    assert CALIBRATION.score_for(0.01, 4, 50) > CALIBRATION.score_for(0.01, 4, 5)


def test_a_lower_rate_asks_for_more() -> None:
    assert CALIBRATION.score_for(0.001, 4, 5) > CALIBRATION.score_for(0.01, 4, 5)


def test_a_probability_is_never_above_one() -> None:
    assert CALIBRATION.false_accept_probability(-500.0, 1, 50) <= 1.0


def test_confidence_grows_with_the_score() -> None:
    low, high = (CALIBRATION.confidence(score, 8, 5) for score in (2.0, 20.0))
    assert low < 0.5 < high


def test_confidence_is_less_among_many() -> None:
    assert CALIBRATION.confidence(8.0, 8, 1000) < CALIBRATION.confidence(8.0, 8, 1)


def test_a_stranger_is_less_sure_the_higher_the_score() -> None:
    low, high = (CALIBRATION.stranger_confidence(score, 8, 5) for score in (2.0, 20.0))
    assert high < 0.5 < low


def test_a_voice_is_somebodys_at_least_as_surely_as_the_nearest_ones() -> None:
    somebody = 1 - CALIBRATION.stranger_confidence(8.0, 8, 50)
    assert somebody > CALIBRATION.confidence(8.0, 8, 50)


def test_between_the_learned_lengths_figures_lie_between() -> None:
    assert 6.0 < CALIBRATION.score_for(TAIL_SHARE, 7.9, 1) + 0.1 < 6.2


@pytest.mark.parametrize("target", [0.01, 0.001])
def test_a_ratio_reaches_its_own_inverse_as_often_as_a_stranger_may(target: float) -> None:
    assert Calibration.of_ratios().score_for(target, 3, 1) == pytest.approx(-np.log(target), rel=1e-5)


def test_a_ratio_against_many_has_to_outweigh_them() -> None:
    alone, among_ten = (Calibration.of_ratios().score_for(0.01, 3, size) for size in (1, 10))
    assert among_ten - alone == pytest.approx(np.log(10), abs=0.01)


def test_the_odds_of_a_ratio_are_the_ratio() -> None:
    assert Calibration.of_ratios().confidence(np.log(4), 3, 1) == pytest.approx(0.8)
