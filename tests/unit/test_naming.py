"""Why a voice is not named."""

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain import StrangerReason
from worker.diarization.turns import Turn
from worker.voiceprints.matching import Gallery, Match, Voiceprint
from worker.voiceprints.naming import match_voices

RATE = 16_000
ANN = np.array([1, 0], np.float32)
Samples = NDArray[np.float32]


class AlwaysAnn:
    """Stands for the network."""

    def embed(self, _samples: Samples, /) -> Samples:
        return ANN


class NeverAnn:
    """Stands for the network."""

    def embed(self, _samples: Samples, /) -> Samples:
        return np.array([0, 1], np.float32)


def recording(pause_rms: float) -> Samples:
    """Twenty seconds, every other one of them a pause."""
    rng = np.random.default_rng(3)
    rms = np.repeat(np.tile([0.1, pause_rms], 10), RATE)
    return (rng.normal(0, 1, rms.size) * rms).astype(np.float32)


def match(
    turns: list[Turn], network: AlwaysAnn | NeverAnn, samples: Samples | None = None, cluster: str = "A"
) -> Match:
    gallery = Gallery([Voiceprint("ann", ANN)])
    samples = recording(0.0001) if samples is None else samples
    return match_voices(network, samples, turns, gallery, 0.7)[cluster]


def test_enough_speech_of_a_friend_is_named() -> None:
    assert match([Turn(0.0, 5.0, "A")], AlwaysAnn()).speaker_id == "ann"


@pytest.mark.parametrize("seconds", [0.2, 0.9])
def test_too_little_speech_is_not_named(seconds: float) -> None:
    assert match([Turn(0.0, seconds, "A")], AlwaysAnn()).reason is StrangerReason.TOO_SHORT


def test_too_little_speech_still_has_candidates() -> None:
    assert match([Turn(0.0, 0.9, "A")], AlwaysAnn()).candidates[0].speaker_id == "ann"


def test_a_voice_that_others_talk_over_is_not_named() -> None:
    turns = [Turn(0.0, 9.0, "B"), Turn(3.0, 6.0, "A")]
    assert match(turns, AlwaysAnn()).reason is StrangerReason.OVERLAP


def test_a_stranger_in_a_good_recording_is_below_the_threshold() -> None:
    assert match([Turn(0.0, 9.0, "A")], NeverAnn()).reason is StrangerReason.BELOW_THRESHOLD


def test_a_stranger_in_noise_may_be_one_because_of_it() -> None:
    noisy = recording(0.09)
    assert match([Turn(0.0, 9.0, "A")], NeverAnn(), noisy).reason is StrangerReason.POOR_AUDIO


def test_a_friend_in_noise_is_named() -> None:
    assert match([Turn(0.0, 9.0, "A")], AlwaysAnn(), recording(0.09)).reason is None
