"""Turns of community-1's layout are those of pyannote's own pipeline, here with random networks."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.models.random_community import LDA_DIMENSION, RATE, write_community
from worker.diarization.turns import Turn
from worker.diarization.voices import Diarization

if TYPE_CHECKING:
    from pyannote.audio.pipelines import SpeakerDiarization

    from worker.diarization.community import CommunityDiarizer

Samples = NDArray[np.float32]


@pytest.fixture(scope="module")
def samples(conversation: Samples) -> Samples:
    """Eleven seconds and a bit, so that the last chunk is padded."""
    return conversation[5 * RATE : 16 * RATE + 4321]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, device: torch.device, samples: Samples) -> Path:
    return write_community(tmp_path_factory.mktemp("models") / "community-1", samples)


@pytest.fixture(scope="module")
def diarizer(folder: Path, device: torch.device) -> "CommunityDiarizer":
    from worker.diarization.community import load_community

    return load_community(folder, device)


@pytest.fixture(scope="module")
def diarization(diarizer: "CommunityDiarizer", samples: Samples) -> Diarization:
    return diarizer.diarize(samples)


@pytest.fixture(scope="module")
def stock(folder: Path, device: torch.device) -> "SpeakerDiarization":
    """pyannote's pipeline from the same folder; it runs the pickles in it, which are the test's own."""
    from pyannote.audio import Pipeline

    return Pipeline.from_pretrained(folder).to(device)


@pytest.fixture(scope="module")
def made_by_stock(stock: "SpeakerDiarization", samples: Samples) -> dict[str, Any]:
    """What the stock pipeline says of its steps, and in the end."""
    steps: dict[str, Any] = {}

    def note(step: str, made: Any, **_: object) -> None:
        steps[step] = made

    found = stock(as_file(samples), hook=note)
    return steps | {"turns": turns_of(found.speaker_diarization, samples)}


def as_file(samples: Samples) -> dict[str, Any]:
    return {"waveform": torch.from_numpy(samples)[None], "sample_rate": RATE}


def turns_of(annotation: Any, samples: Samples) -> list[Turn]:
    """Turns, cut where the recording ends: the stock pipeline also hears its padding."""
    end = samples.size / RATE
    return sorted(
        Turn(segment.start, min(segment.end, end), str(int(label.removeprefix("SPEAKER_"))))
        for segment, _, label in annotation.itertracks(yield_label=True)
        if segment.start < end
    )


def two_local_voices(turns: list[Turn]) -> Diarization:
    """Of one cluster and one number: 1 in the first second, from the first chunk, and 5 in the next three."""
    from pyannote.core import SlidingWindow

    from worker.diarization.community_voices import HeardVoices, describe_voices

    heard = HeardVoices(
        clusters=np.array([3, 3]),
        points=np.array([[1.0], [5.0]], np.float32),
        counted=np.array([[0, 1, 1, 1, 1], [0, 1, 2, 3, 3]], np.int32),
        starts_seconds=np.array([0.0, 2.0]),
        frames=SlidingWindow(start=0.0, duration=1.0, step=1.0),
    )
    return describe_voices(turns, heard, {"0": 3})


def test_turns_are_those_of_the_stock_pipeline(
    diarization: Diarization, made_by_stock: dict[str, Any]
) -> None:
    assert diarization.turns == made_by_stock["turns"]


def test_the_random_networks_hear_several_voices(diarization: Diarization) -> None:
    assert len({turn.cluster for turn in diarization.turns}) > 3


def test_embeddings_are_those_of_the_stock_pipeline(
    diarizer: "CommunityDiarizer", samples: Samples, made_by_stock: dict[str, Any]
) -> None:
    ours, theirs = diarizer.ears.hear(samples).embeddings, made_by_stock["embeddings"]
    assert np.abs(ours - theirs).max() < 1e-5 * np.abs(theirs).max()


def test_a_given_number_of_speakers_gives_the_stock_pipelines_turns(
    diarizer: "CommunityDiarizer", stock: "SpeakerDiarization", samples: Samples
) -> None:
    piece = samples[: 7 * RATE]
    expected = turns_of(stock(as_file(piece), num_speakers=2).speaker_diarization, piece)
    assert diarizer.diarize(piece, num_speakers=2).turns == expected


def test_more_speakers_than_there_is_speech_for_is_no_failure(
    diarizer: "CommunityDiarizer", samples: Samples
) -> None:
    assert diarizer.diarize(samples[: 3 * RATE], num_speakers=9).turns


@pytest.mark.parametrize("num_samples", [0, 1, 3 * RATE])
def test_nobody_speaks_in_silence(diarizer: "CommunityDiarizer", num_samples: int) -> None:
    assert diarizer.diarize(np.zeros(num_samples, np.float32)).turns == []


def test_one_sample_is_no_failure(diarizer: "CommunityDiarizer") -> None:
    assert all(turn.end_seconds <= 1 / RATE for turn in diarizer.diarize(np.ones(1, np.float32)).turns)


def test_listening_ends_at_one(diarizer: "CommunityDiarizer", samples: Samples) -> None:
    last: dict[str, float] = {}
    diarizer.diarize(samples[: 3 * RATE], on_progress=last.__setitem__)
    assert last["listening"] == 1.0


def test_turns_lie_within_the_recording(diarization: Diarization, samples: Samples) -> None:
    end = samples.size / RATE
    assert all(0 <= turn.start_seconds < turn.end_seconds <= end for turn in diarization.turns)


def test_every_turn_has_a_row_of_the_plda_space(diarization: Diarization) -> None:
    assert diarization.of_turns.shape == (len(diarization.turns), LDA_DIMENSION)


def test_a_turn_is_told_by_the_frames_that_count_within_it() -> None:
    diarization = two_local_voices([Turn(0.0, 2.0, "0")])
    assert diarization.of_turns.tolist() == [[1.0]]


def test_a_voice_is_told_by_all_its_frames() -> None:
    diarization = two_local_voices([Turn(0.0, 5.0, "0")])
    assert diarization.voices["0"].point.tolist() == [4.0]


def test_a_turn_in_which_nothing_counts_has_no_point() -> None:
    diarization = two_local_voices([Turn(0.0, 1.0, "0"), Turn(8.0, 9.0, "0")])
    assert np.isnan(diarization.of_turns[1]).all()


def test_speech_becomes_a_point_of_the_same_space(diarizer: "CommunityDiarizer", samples: Samples) -> None:
    assert diarizer.ears.embed(samples[: 4 * RATE]).shape == (1, LDA_DIMENSION)
