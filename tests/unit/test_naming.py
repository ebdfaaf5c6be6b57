"""Why a voice is not named."""

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain import StrangerReason
from tests.unit.galleries import ANN, gallery, voiceprint
from tests.unit.voices import windows
from worker.diarization.turns import Turn
from worker.diarization.voices import Diarization, VoiceHeard
from worker.voiceprints.matching import Decision, Match
from worker.voiceprints.naming import match_voices

RATE = 16_000
Samples = NDArray[np.float32]
Points = NDArray[np.float32]
ANNS_VOICE = windows(ANN, 6, seed=4).mean(0)
STRANGERS_VOICE = windows(7, 6).mean(0)


def recording(pause_rms: float) -> Samples:
    """Twenty seconds, every other one of them a pause."""
    rng = np.random.default_rng(3)
    rms = np.repeat(np.tile([0.1, pause_rms], 10), RATE)
    return (rng.normal(0, 1, rms.size) * rms).astype(np.float32)


def match(turns: list[Turn], voice: Points, samples: Samples | None = None, cluster: str = "A") -> Match:
    points = np.repeat(voice[None], len(turns), axis=0)
    heard = {turn.cluster: VoiceHeard(voice, 4.0) for turn in turns}
    samples = recording(0.0001) if samples is None else samples
    known = gallery(voiceprint("ann", ANN))
    return match_voices(samples, Diarization(turns, heard, points), known, Decision(0.01))[cluster]


def test_enough_speech_of_a_friend_is_named() -> None:
    assert match([Turn(0.0, 5.0, "A")], ANNS_VOICE).speaker_id == "ann"


@pytest.mark.parametrize("seconds", [0.2, 0.9])
def test_too_little_speech_is_not_named(seconds: float) -> None:
    assert match([Turn(0.0, seconds, "A")], ANNS_VOICE).reason is StrangerReason.TOO_SHORT


def test_too_little_speech_still_has_candidates() -> None:
    assert match([Turn(0.0, 0.9, "A")], ANNS_VOICE).candidates[0].speaker_id == "ann"


def test_a_voice_that_others_talk_over_is_not_named() -> None:
    turns = [Turn(0.0, 9.0, "B"), Turn(3.0, 6.0, "A")]
    assert match(turns, ANNS_VOICE).reason is StrangerReason.OVERLAP


def test_a_stranger_in_a_good_recording_is_below_the_threshold() -> None:
    assert match([Turn(0.0, 9.0, "A")], STRANGERS_VOICE).reason is StrangerReason.BELOW_THRESHOLD


def test_a_stranger_in_noise_may_be_one_because_of_it() -> None:
    noisy = recording(0.09)
    assert match([Turn(0.0, 9.0, "A")], STRANGERS_VOICE, noisy).reason is StrangerReason.POOR_AUDIO


def test_a_friend_in_noise_is_named() -> None:
    assert match([Turn(0.0, 9.0, "A")], ANNS_VOICE, recording(0.09)).reason is None


def test_a_voice_that_told_nothing_has_no_candidates() -> None:
    turns = [Turn(0.0, 5.0, "A")]
    nothing = Diarization(turns, {}, np.full((1, 4), np.nan, np.float32))
    found = match_voices(recording(0.0001), nothing, gallery(voiceprint("ann", ANN)), Decision(0.01))
    assert found["A"].candidates == ()
