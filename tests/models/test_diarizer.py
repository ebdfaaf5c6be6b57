"""Who speaks when in a real conversation."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from worker.diarization.turns import Turn, spans_of, total_seconds

if TYPE_CHECKING:
    from worker.diarization.diarizer import Diarizer

RATE = 16_000
Samples = NDArray[np.float32]


@pytest.fixture(scope="module")
def turns(diarizer: "Diarizer", conversation: Samples) -> list[Turn]:
    return diarizer.diarize(conversation).turns


def frames(turns: list[Turn], cluster: str) -> NDArray[np.bool_]:
    grid = np.zeros(3000, np.bool_)
    for start, end in spans_of(turns, cluster):
        grid[round(start * 100) : round(end * 100)] = True
    return grid


def test_two_voices_are_found(turns: list[Turn]) -> None:
    assert len({turn.cluster for turn in turns}) == 2


@pytest.mark.parametrize("speaker", ["speaker90", "speaker91"])
def test_each_speaker_has_a_voice_of_his_own(turns: list[Turn], reference: list[Turn], speaker: str) -> None:
    truth = frames(reference, speaker)
    overlaps = [(frames(turns, cluster) & truth).sum() for cluster in {turn.cluster for turn in turns}]
    assert max(overlaps) > 0.8 * truth.sum()


def test_turns_are_sorted(turns: list[Turn]) -> None:
    assert turns == sorted(turns)


def test_turns_lie_within_the_recording(turns: list[Turn], conversation: Samples) -> None:
    assert all(0 <= turn.start_seconds < turn.end_seconds <= conversation.size / RATE for turn in turns)


def test_the_number_of_speakers_can_be_given(diarizer: "Diarizer", conversation: Samples) -> None:
    turns = diarizer.diarize(conversation, num_speakers=1).turns
    assert len({turn.cluster for turn in turns}) == 1


def test_progress_of_each_stage_ends_at_one(diarizer: "Diarizer", conversation: Samples) -> None:
    last: dict[str, float] = {}
    diarizer.diarize(conversation[: 10 * RATE], on_progress=last.__setitem__)
    assert last["listening"] == 1.0


@pytest.mark.parametrize("num_samples", [0, 1, 100, 30 * RATE])
def test_nobody_speaks_in_silence(diarizer: "Diarizer", num_samples: int) -> None:
    assert diarizer.diarize(np.zeros(num_samples, np.float32)).turns == []


def test_nobody_speaks_in_faint_noise(diarizer: "Diarizer") -> None:
    noise = np.random.default_rng(0).normal(0, 1e-3, 12 * RATE).astype(np.float32)
    assert total_seconds(turn.span for turn in diarizer.diarize(noise).turns) < 0.5


@pytest.mark.parametrize("num_samples", [1, 100, 1600, 16000])
def test_a_short_recording_is_no_error(diarizer: "Diarizer", conversation: Samples, num_samples: int) -> None:
    turns = diarizer.diarize(conversation[8 * RATE :][:num_samples]).turns
    assert len({turn.cluster for turn in turns}) <= 1
