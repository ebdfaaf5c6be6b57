"""One voice in several pieces."""

import numpy as np
import pytest

from worker.diarization.splinters import join, join_echoes, join_splinters
from worker.diarization.turns import Turn

X, Y = np.eye(2, dtype=np.float32)
NEAR_X = np.array([0.9, 0.1], np.float32)
GAP_SECONDS = 0.3


def test_a_voice_that_only_goes_along_with_another_is_part_of_it() -> None:
    turns = [Turn(0.0, 10.0, "A"), Turn(4.0, 5.0, "B")]
    assert join_echoes(turns, GAP_SECONDS) == [Turn(0.0, 10.0, "A")]


def test_a_voice_that_is_also_heard_alone_stays() -> None:
    turns = [Turn(0.0, 10.0, "A"), Turn(4.0, 5.0, "B"), Turn(11.0, 12.0, "B")]
    assert join_echoes(turns, GAP_SECONDS) == turns


def test_a_voice_that_talks_over_much_of_another_stays() -> None:
    turns = [Turn(0.0, 10.0, "A"), Turn(4.0, 7.0, "B")]
    assert join_echoes(turns, GAP_SECONDS) == turns


def test_a_lone_word_stays() -> None:
    turns = [Turn(0.0, 0.3, "A")]
    assert join_echoes(turns, GAP_SECONDS) == turns


def test_a_short_piece_goes_to_the_voice_it_sounds_like() -> None:
    turns = [Turn(0.0, 10.0, "A"), Turn(11.0, 13.0, "B")]
    joined = join_splinters(turns, {"A": X, "B": NEAR_X}, GAP_SECONDS)
    assert {turn.cluster for turn in joined} == {"A"}


def test_a_short_piece_of_another_voice_stays() -> None:
    turns = [Turn(0.0, 10.0, "A"), Turn(11.0, 13.0, "B")]
    assert join_splinters(turns, {"A": X, "B": Y}, GAP_SECONDS) == turns


def test_a_long_piece_stays_whatever_it_sounds_like() -> None:
    turns = [Turn(0.0, 10.0, "A"), Turn(11.0, 19.0, "B")]
    assert join_splinters(turns, {"A": X, "B": NEAR_X}, GAP_SECONDS) == turns


def test_of_two_voices_a_piece_goes_to_the_nearer() -> None:
    turns = [Turn(0.0, 10.0, "A"), Turn(10.0, 30.0, "B"), Turn(31.0, 33.0, "C")]
    assert Turn(31.0, 33.0, "A") in join_splinters(turns, {"A": X, "B": Y, "C": NEAR_X}, GAP_SECONDS)


@pytest.mark.parametrize("centroids", [{}, {"A": X}, {"A": X, "B": 0 * X}])
def test_a_piece_without_an_embedding_is_like_nobody(centroids: dict[str, np.ndarray]) -> None:
    turns = [Turn(0.0, 10.0, "A"), Turn(11.0, 13.0, "B")]
    assert join_splinters(turns, centroids, GAP_SECONDS) == turns


def test_joined_turns_that_nearly_touch_become_one() -> None:
    turns = [Turn(0.0, 1.0, "A"), Turn(1.2, 2.0, "B")]
    assert join(turns, "B", "A", GAP_SECONDS) == [Turn(0.0, 2.0, "A")]


def test_joined_turns_that_are_apart_stay_two() -> None:
    turns = [Turn(0.0, 1.0, "A"), Turn(1.5, 2.0, "B")]
    assert join(turns, "B", "A", GAP_SECONDS) == [Turn(0.0, 1.0, "A"), Turn(1.5, 2.0, "A")]


def test_joining_leaves_other_voices_alone() -> None:
    turns = [Turn(0.0, 1.0, "A"), Turn(0.5, 0.8, "C"), Turn(1.2, 2.0, "B")]
    assert Turn(0.5, 0.8, "C") in join(turns, "B", "A", GAP_SECONDS)
