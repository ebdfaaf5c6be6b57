"""Turns, from slots whose voices are known."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.slots import GRID, heard
from worker.diarization.heard import Heard, HeardSlot
from worker.diarization.placing import NOBODY, Placed
from worker.diarization.reconstruction import reconstruct
from worker.diarization.turns import Turn


def hearing(slots: list[HeardSlot], num_chunks: int = 1, duration_seconds: float = 60.0) -> Heard:
    scores = np.zeros((num_chunks, 100, 3), np.float32)
    for one in slots:
        scores[one.slot.chunk, one.slot.active, one.slot.voice] = 0.9
    ordered = np.sort(scores, axis=2)[:, :, ::-1]
    speech, overlap = (GRID.overlap_mean(ordered[:, :, place]) for place in (0, 1))
    return Heard(GRID, scores, speech, overlap, speech, slots, duration_seconds)


def placed(slot: HeardSlot, voice: int) -> Placed:
    frames = np.where(slot.slot.active, voice, NOBODY)
    return Placed(slot, frames, np.full(len(slot.points), voice))


def turns(*spoken: tuple[HeardSlot, int], heard_as: Heard | None = None) -> list[Turn]:
    slots = [slot for slot, _ in spoken]
    num_chunks = max(slot.slot.chunk for slot in slots) + 1
    given = heard_as or hearing(slots, num_chunks)
    return reconstruct(given, [placed(*one) for one in spoken])


def test_a_slot_is_a_turn_at_its_time() -> None:
    assert turns((heard(0, 1, 20, 60), 0)) == [Turn(pytest.approx(1.0), pytest.approx(3.0), "0")]


def test_a_turn_that_two_chunks_hear_is_one() -> None:
    found = turns((heard(0, 1, 20, 80), 0), (heard(1, 1, 0, 30), 0))
    assert found == [Turn(pytest.approx(1.0), pytest.approx(4.0), "0")]


def test_voices_that_speak_at_once_have_overlapping_turns() -> None:
    found = turns((heard(0, 1, 0, 60), 0), (heard(0, 2, 40, 100, column=1), 1))
    assert found[0].end_seconds > found[1].start_seconds


def test_a_short_pause_is_part_of_the_turn() -> None:
    assert len(turns((heard(0, 1, 0, 40), 0), (heard(0, 1, 44, 80, column=1), 0))) == 1


def test_a_long_pause_ends_the_turn() -> None:
    assert len(turns((heard(0, 1, 0, 40), 0), (heard(0, 1, 60, 80, column=1), 0))) == 2


def test_nobody_speaks_where_there_is_no_speech() -> None:
    slot = heard(0, 1, 20, 60)
    silent = replace(hearing([slot]), speech=np.zeros(100, np.float32))
    assert turns((slot, 0), heard_as=silent) == []


def test_turns_end_with_the_recording() -> None:
    slot = heard(0, 1, 20, 100)
    short = replace(hearing([slot]), duration_seconds=4.0)
    assert turns((slot, 0), heard_as=short)[0].end_seconds == 4.0


def test_no_voices_have_no_turns() -> None:
    assert reconstruct(hearing([]), []) == []


def test_frames_of_overlapping_chunks_are_averaged() -> None:
    scores: NDArray[np.float32] = np.zeros((2, 100), np.float32)
    scores[0] = 1
    mean = GRID.overlap_mean(scores)
    assert mean[:50].tolist() == [1.0] * 50
    assert (mean[100:] == 0).all()
    assert 0 < mean[75] < 1


def test_where_chunks_disagree_the_one_nearer_its_middle_decides() -> None:
    first, second = turns((heard(0, 1), 0), (heard(1, 2), 1))
    assert first.end_seconds == pytest.approx(3.75, abs=0.1)
    assert second.start_seconds == pytest.approx(3.75, abs=0.1)
