"""One voice or two."""

import numpy as np

from tests.unit.slots import heard
from tests.unit.voices import space
from worker.diarization.halves import second_voice_share, split

ANN, BOB = 1, 2


def test_a_recording_of_one_voice_has_no_second() -> None:
    assert second_voice_share(space(), [heard(chunk, ANN) for chunk in range(4)]) is None


def test_a_second_voice_has_its_share() -> None:
    share = second_voice_share(space(), [heard(0, ANN), heard(1, ANN), heard(2, ANN), heard(3, BOB)])
    assert share == 0.25


def test_a_second_voice_within_one_slot_is_found() -> None:
    whole, other = heard(0, ANN), heard(0, BOB)
    mixed = type(whole)(whole.slot, np.concatenate([whole.points[:3], other.points[3:]]), 5.0)
    assert second_voice_share(space(), [mixed]) == 0.4


def test_a_word_of_somebody_else_is_no_second_voice() -> None:
    slots = [heard(chunk, ANN) for chunk in range(4)] + [heard(4, BOB, 0, 30)]
    assert second_voice_share(space(), slots) is None


def test_very_little_speech_is_nobodys_second() -> None:
    assert second_voice_share(space(), [heard(0, ANN, 0, 30), heard(1, BOB, 0, 30)]) is None


def test_points_that_are_all_alike_are_one_group() -> None:
    assert len(set(split(np.ones((5, 3)), np.ones(5)).tolist())) == 1
