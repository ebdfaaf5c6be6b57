"""When anybody speaks."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from worker.diarization.turns import Span, Turn, total_seconds

if TYPE_CHECKING:
    import torch

    from worker.diarization.diarizer import Diarizer
    from worker.diarization.speech import SpeechDetector
    from worker.models.pack import ModelPack

RATE = 16_000
Samples = NDArray[np.float32]


@pytest.fixture(scope="module")
def detector(pack: "ModelPack", diarizer: "Diarizer", device: "torch.device") -> "SpeechDetector":
    from worker.diarization.speech import SpeechDetector

    return SpeechDetector(diarizer.segmentation, pack.manifest.speech, device)


@pytest.fixture(scope="module")
def spans(detector: "SpeechDetector", conversation: Samples) -> list[Span]:
    return detector.speech_turns(conversation)


def test_speech_is_about_as_long_as_the_reference_says(spans: list[Span], reference: list[Turn]) -> None:
    truth = np.zeros(3000, np.bool_)
    for turn in reference:
        truth[round(turn.start_seconds * 100) : round(turn.end_seconds * 100)] = True
    assert total_seconds(spans) == pytest.approx(truth.sum() / 100, rel=0.1)


def test_spans_are_apart(spans: list[Span]) -> None:
    assert all(end < next_start for (_, end), (next_start, _) in pairwise(spans))


def test_spans_lie_within_the_recording(detector: "SpeechDetector", conversation: Samples) -> None:
    cut = conversation[: int(8.3 * RATE)]
    assert all(0 <= start < end <= 8.3 for start, end in detector.speech_turns(cut))


@pytest.mark.parametrize("num_samples", [0, 1, 10 * RATE])
def test_there_is_no_speech_in_silence(detector: "SpeechDetector", num_samples: int) -> None:
    assert detector.speech_turns(np.zeros(num_samples, np.float32)) == []
