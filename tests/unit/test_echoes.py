"""A voice that is heard twice."""

from worker.diarization.echoes import join, join_echoes
from worker.diarization.turns import Turn

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


def test_joined_turns_that_nearly_touch_become_one() -> None:
    turns = [Turn(0.0, 1.0, "A"), Turn(1.2, 2.0, "B")]
    assert join(turns, "B", "A", GAP_SECONDS) == [Turn(0.0, 2.0, "A")]


def test_joined_turns_that_are_apart_stay_two() -> None:
    turns = [Turn(0.0, 1.0, "A"), Turn(1.5, 2.0, "B")]
    assert join(turns, "B", "A", GAP_SECONDS) == [Turn(0.0, 1.0, "A"), Turn(1.5, 2.0, "A")]


def test_joining_leaves_other_voices_alone() -> None:
    turns = [Turn(0.0, 1.0, "A"), Turn(0.5, 0.8, "C"), Turn(1.2, 2.0, "B")]
    assert Turn(0.5, 0.8, "C") in join(turns, "B", "A", GAP_SECONDS)
