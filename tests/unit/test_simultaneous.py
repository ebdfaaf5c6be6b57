"""Slots that speak at once are two voices."""

import numpy as np

from tests.unit.slots import heard
from tests.unit.voices import space
from worker.diarization.heard import HeardSlot
from worker.diarization.placing import NOBODY, Placed
from worker.diarization.simultaneous import LEAST_FRAMES, tell_apart

ANN, BOB = 1, 2
ALONE = [heard(1, ANN), heard(2, BOB)]


def place(slot: HeardSlot, voice: int) -> Placed:
    """A slot that was given to one voice, 0 for Ann and 1 for Bob."""
    frames = np.where(slot.slot.active, voice, NOBODY)
    return Placed(slot, frames, np.full(len(slot.points), voice))


def told(*placed: Placed) -> list[list[int]]:
    """Voices of the frames of slots, in a recording in which Ann and Bob are heard alone too."""
    others = [place(slot, voice) for voice, slot in enumerate(ALONE)]
    return [one.frames.tolist() for one in tell_apart(space(), [*placed, *others])[: len(placed)]]


LOUDER, FAINTER = heard(0, ANN, 0, 100), heard(0, BOB, 40, 80, column=1)


def test_the_slot_that_fits_less_gets_the_next_voice() -> None:
    louder, fainter = told(place(LOUDER, 0), place(FAINTER, 0))
    assert set(louder) == {0}
    assert set(fainter[40:80]) == {1}


def test_where_one_slot_is_silent_nothing_changes() -> None:
    assert set(told(place(LOUDER, 0), place(FAINTER, 0))[1][:40]) == {NOBODY}


def test_slots_with_different_voices_stay_as_they_are() -> None:
    assert told(place(LOUDER, 0), place(FAINTER, 1)) == [[0] * 100, place(FAINTER, 1).frames.tolist()]


def test_a_short_moment_together_may_be_one_voice() -> None:
    brief = heard(0, BOB, 40, 40 + LEAST_FRAMES - 1, column=1)
    assert set(told(place(LOUDER, 0), place(brief, 0))[1]) == {0, NOBODY}


def test_where_only_one_voice_is_known_nothing_changes() -> None:
    placed = [place(LOUDER, 0), place(FAINTER, 0)]
    assert [set(one.frames) for one in tell_apart(space(), placed)] == [{0}, {0, NOBODY}]


def test_nothing_heard_is_nothing_told() -> None:
    assert tell_apart(space(), []) == []
