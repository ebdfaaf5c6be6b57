"""Where a slot changes its voice."""

import numpy as np
import pytest

from tests.unit.slots import GRID, heard
from tests.unit.voices import space, voice, windows
from worker.diarization.heard import HeardSlot
from worker.diarization.placing import NOBODY, voice_models
from worker.diarization.resegmentation import CHANGE_PENALTY, follow, resegment
from worker.diarization.slots import Slot

ANN, BOB = 1, 2
ALL = np.ones(100, np.bool_)
BOTH = HeardSlot(Slot(0, 0, ALL, ALL), np.concatenate([windows(ANN, 3), windows(BOB, 2)]), 5.0)
MODELS = np.array([voice(ANN), voice(BOB)], np.float64)


OTHERS = [heard(1, ANN), heard(2, BOB)]


def frames(slot: HeardSlot, label: int = 0) -> list[int]:
    """Voices of the frames of a slot, in a recording in which both are heard elsewhere."""
    return resegment(space(), GRID, [slot, *OTHERS], np.array([label, 0, 1]))[0].frames.tolist()


def test_a_slot_that_changes_its_voice_is_split() -> None:
    found = frames(BOTH)
    assert (found[0], found[-1]) == (0, 1)


def test_a_slot_is_split_once_where_the_voice_changes() -> None:
    changes = np.flatnonzero(np.diff(frames(BOTH)))
    assert changes.size == 1
    assert 50 < changes[0] < 75


def test_a_slot_of_one_voice_stays_whole() -> None:
    assert set(frames(heard(0, BOB))) == {1}


def test_silence_is_nobodys() -> None:
    assert frames(heard(0, ANN, 0, 60))[60:] == [NOBODY] * 40


def test_frames_that_tell_nothing_go_with_their_neighbours() -> None:
    telling = ALL.copy()
    telling[90:] = False
    slot = HeardSlot(Slot(0, 0, ALL, telling), BOTH.points, 4.5)
    assert frames(slot)[95] == 1


@pytest.mark.parametrize(("gain", "changes"), [(0.9, 0), (1.1, 1)])
def test_a_change_has_its_price(gain: float, changes: int) -> None:
    path = follow(np.array([[50.0, 0.0], [0.0, gain * CHANGE_PENALTY]]))
    assert np.abs(np.diff(path)).sum() == changes


def test_a_voice_is_modelled_near_its_slots() -> None:
    models = voice_models(space(), OTHERS, [np.zeros(5, np.int64), np.ones(5, np.int64)])
    assert np.abs(models - MODELS).max() < 2
