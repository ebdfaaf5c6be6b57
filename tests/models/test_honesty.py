"""Sounds that nobody makes have no speaker, and a speaker is never made up."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain import Line, StrangerReason
from worker.diarization.turns import Turn, total_seconds
from worker.diarization.voices import Diarization, VoiceHeard
from worker.voiceprints.gallery import Gallery
from worker.voiceprints.matching import Decision, Match
from worker.voiceprints.naming import match_voices
from worker.voiceprints.scoring import Scorer
from worker.voiceprints.voiceprint import Voiceprint

if TYPE_CHECKING:
    from worker.diarization.diarizer import Diarizer
    from worker.models.learned import Learned

RATE = 16_000
NUM_SAMPLES = 8 * RATE
TIME = np.arange(NUM_SAMPLES) / RATE
Samples = NDArray[np.float32]
Voice = Callable[[str, int], Samples]
SPEAKERS = ["speaker90", "speaker91"]
# Well inside words of one of the two.
WORDS_AT_SECONDS = [9.1, 12.4, 20.2, 24.6]


def noise(slope: float, level_dbfs: float) -> NDArray[np.float64]:
    """Noise whose power falls with frequency to the power of ``slope``: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(np.random.default_rng(4).normal(size=NUM_SAMPLES))
    spectrum /= np.maximum(np.arange(spectrum.size), 1) ** (slope / 2)
    samples = np.fft.irfft(spectrum, NUM_SAMPLES)
    return samples * 10 ** (level_dbfs / 20) / samples.std()


def tones(*hertz: float) -> NDArray[np.float64]:
    return sum((0.2 * np.sin(2 * np.pi * one * TIME) for one in hertz), np.zeros(NUM_SAMPLES))


def cadence(samples: NDArray[np.float64], on_seconds: float, off_seconds: float) -> NDArray[np.float64]:
    return samples * (TIME % (on_seconds + off_seconds) < on_seconds)


def dialling() -> NDArray[np.float64]:
    """Ten keys of a telephone, a tenth of a second each."""
    keys = [tones(low, high) for low in (697, 770, 852, 941) for high in (1209, 1336, 1477)]
    turn = (TIME / 0.2).astype(int) % len(keys)
    return cadence(np.choose(turn, keys), 0.1, 0.1)


def chords(vibrato: float) -> NDArray[np.float64]:
    """Major triads with six harmonics each, struck twice a second and dying away."""
    roots = 220 * 2 ** (np.array([0, 5, 7, 4, 9, 2, 7, 0])[(TIME / 0.5).astype(int) % 8] / 12)
    since_struck = TIME % 0.5
    phase = 2 * np.pi * np.cumsum(roots) / RATE + vibrato * np.sin(2 * np.pi * 5.5 * TIME)
    voices = [np.sin(third * part * phase) / part for third in (1, 1.26, 1.5) for part in range(1, 7)]
    return 0.04 * np.sum(voices, axis=0) * np.minimum(since_struck / 0.02, 1) * np.exp(-since_struck / 0.4)


def drums() -> NDArray[np.float64]:
    beat = TIME % 0.5
    kick = 0.3 * np.exp(-beat / 0.08) * np.sin(2 * np.pi * 60 * beat + 8 * np.exp(-beat / 0.02))
    return kick + noise(0, -20) * np.exp(-((TIME + 0.25) % 0.5) / 0.05)


def siren() -> NDArray[np.float64]:
    hertz = 700 + 500 * np.sin(2 * np.pi * 0.5 * TIME)
    return np.asarray(0.2 * np.sin(2 * np.pi * np.cumsum(hertz) / RATE))


def clicks() -> NDArray[np.float64]:
    samples = np.zeros(NUM_SAMPLES)
    samples[np.random.default_rng(5).integers(0, NUM_SAMPLES, 60)] = 0.8
    return samples


SOUNDS = {
    "faint white noise": noise(0, -60),
    "loud white noise": noise(0, -15),
    "pink noise": noise(1, -25),
    "brown noise": noise(2, -25),
    "bursts of noise": cadence(noise(0, -15), 0.2, 0.4),
    "hum": tones(50, 100, 150),
    "dial tone": tones(350, 440),
    "ringing": cadence(tones(440, 480), 2, 4),
    "dialling": dialling(),
    "siren": siren(),
    "chords": chords(0.0),
    "chords with vibrato": chords(0.15),
    "drums": drums(),
    "chords and drums": chords(0.0) + drums(),
    "clicks": clicks(),
    "music, then silence": chords(0.0) * (TIME < 4),
}


def as_recording(samples: NDArray[np.float64]) -> Samples:
    return np.clip(samples, -1, 1).astype(np.float32)


def word(conversation: Samples, at_seconds: float) -> Samples:
    return conversation[int(at_seconds * RATE) :][: int(0.4 * RATE)]


def whole_voice(voice_of: Voice, speaker: str) -> Samples:
    return np.concatenate([voice_of(speaker, 0), voice_of(speaker, 1)])


@pytest.mark.parametrize("sound", SOUNDS)
def test_nobody_speaks_in_what_is_no_speech(diarizer: "Diarizer", sound: str) -> None:
    assert diarizer.diarize(as_recording(SOUNDS[sound])).turns == []


def test_music_before_speech_is_nobodys_turn(diarizer: "Diarizer", voice_of: Voice) -> None:
    pause = np.zeros(RATE, np.float32)
    turns = diarizer.diarize(
        np.concatenate([as_recording(chords(0.0)), pause, voice_of("speaker91", 0)])
    ).turns
    assert min(turn.start_seconds for turn in turns) > NUM_SAMPLES / RATE


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_a_recording_of_one_speaker_has_one_voice(
    diarizer: "Diarizer", voice_of: Voice, speaker: str
) -> None:
    turns = diarizer.diarize(whole_voice(voice_of, speaker)).turns
    assert len({turn.cluster for turn in turns}) == 1


@pytest.mark.parametrize("at_seconds", WORDS_AT_SECONDS)
def test_a_single_word_is_at_most_one_voice(
    diarizer: "Diarizer", conversation: Samples, at_seconds: float
) -> None:
    turns = diarizer.diarize(word(conversation, at_seconds)).turns
    assert len({turn.cluster for turn in turns}) <= 1


@pytest.mark.parametrize("at_seconds", WORDS_AT_SECONDS)
def test_a_single_word_in_silence_is_a_short_turn(
    diarizer: "Diarizer", conversation: Samples, at_seconds: float
) -> None:
    silence = np.zeros(3 * RATE, np.float32)
    turns = diarizer.diarize(np.concatenate([silence, word(conversation, at_seconds), silence])).turns
    assert total_seconds(turn.span for turn in turns) < 0.7


@pytest.fixture(scope="module")
def named_word(diarizer: "Diarizer", scorer: Scorer, learned: "Learned", conversation: Samples) -> Match:
    """A word, compared with a voiceprint made of that same word."""
    samples = word(conversation, WORDS_AT_SECONDS[0])
    point = diarizer.ears.embed(samples).mean(0)
    voiceprint = Voiceprint("ann", np.stack([point] * len(Line)), 0.3)
    gallery = Gallery([voiceprint], Line.TELEPHONE, scorer, learned.calibration)
    turns = [Turn(0.0, 0.4, "A")]
    diarization = Diarization(turns, {"A": VoiceHeard(point, 0.3)}, point[None])
    return match_voices(samples, diarization, gallery, Decision(0.5, least_score=-1000))["A"]


def test_a_single_word_names_nobody(named_word: Match) -> None:
    assert named_word.speaker_id is None


def test_a_single_word_is_too_short_for_a_name(named_word: Match) -> None:
    assert named_word.reason is StrangerReason.TOO_SHORT
