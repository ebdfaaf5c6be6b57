"""What every diarizer promises: the real one, and the stand-in of the chaos tests."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.chaos.tiny_engine import TinyDiarizer
from worker.diarization.clustering import Wishes
from worker.diarization.protocol import Diarizing

if TYPE_CHECKING:
    from worker.diarization.diarizer import Diarizer

RATE = 16_000
Samples = NDArray[np.float32]


@pytest.fixture(params=["real", "stand-in"])
def any_diarizer(request: pytest.FixtureRequest) -> Diarizing:
    """Each diarizer there is."""
    if request.param == "stand-in":
        return TinyDiarizer(work_seconds=0, poison_log=None)
    real: Diarizer = request.getfixturevalue("diarizer")
    return real


def test_turns_are_sorted_and_within_the_recording(any_diarizer: Diarizing, conversation: Samples) -> None:
    turns = any_diarizer.diarize(conversation).turns
    ends = conversation.size / RATE
    assert turns == sorted(turns)
    assert all(0 <= turn.start_seconds < turn.end_seconds <= ends for turn in turns)


def test_only_clusters_with_turns_have_voices(any_diarizer: Diarizing, conversation: Samples) -> None:
    found = any_diarizer.diarize(conversation)
    assert found.voices.keys() <= {turn.cluster for turn in found.turns}


def test_every_turn_has_a_row_of_its_own(any_diarizer: Diarizing, conversation: Samples) -> None:
    found = any_diarizer.diarize(conversation)
    assert len(found.of_turns) == len(found.turns)


def test_the_same_recording_gives_the_same_turns(any_diarizer: Diarizing, conversation: Samples) -> None:
    assert any_diarizer.diarize(conversation).turns == any_diarizer.diarize(conversation).turns


@pytest.mark.parametrize("num_samples", [0, 1, 3 * RATE])
def test_silence_has_no_turns(any_diarizer: Diarizing, num_samples: int) -> None:
    assert any_diarizer.diarize(np.zeros(num_samples, np.float32)).turns == []


def test_one_voice_can_be_wished_for(any_diarizer: Diarizing, conversation: Samples) -> None:
    turns = any_diarizer.diarize(conversation, num_speakers=1).turns
    assert len({turn.cluster for turn in turns}) == 1


def test_spoken_spans_are_sorted_and_apart(any_diarizer: Diarizing, conversation: Samples) -> None:
    spans = any_diarizer.spoken(any_diarizer.hear(conversation))
    moments = [moment for span in spans for moment in span]
    assert moments == sorted(moments)


def test_points_of_speech_have_the_dimensions_of_voices(
    any_diarizer: Diarizing, conversation: Samples
) -> None:
    heard = any_diarizer.hear(conversation)
    found = any_diarizer.assemble(heard, conversation, Wishes())
    (dimensions,) = {voice.point.size for voice in found.voices.values()}
    assert any_diarizer.embed(conversation[: 5 * RATE]).shape[1] == dimensions


def test_the_share_of_a_second_voice_is_a_share(any_diarizer: Diarizing, conversation: Samples) -> None:
    share = any_diarizer.second_voice_share(any_diarizer.hear(conversation))
    assert share is None or 0 <= share <= 1


def test_progress_is_told_to_its_end(any_diarizer: Diarizing, conversation: Samples) -> None:
    told: dict[str, float] = {}
    any_diarizer.hear(conversation[: 10 * RATE], told.__setitem__)
    assert told["listening"] == 1.0
