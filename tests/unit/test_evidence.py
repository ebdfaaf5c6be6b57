"""Which turns are believed to be speech."""

import numpy as np
import pytest
from numpy.typing import NDArray

from worker.diarization.evidence import SpeechEvidence, believable, is_tone
from worker.diarization.turns import Turn

RATE = 16_000
TIME = np.arange(2 * RATE) / RATE
NOISE = np.random.default_rng(0).normal(0, 0.1, 10 * RATE).astype(np.float32)


def evidence(*scores: float) -> SpeechEvidence:
    """One score for each second."""
    return SpeechEvidence(np.array(scores, np.float32), 1.0)


def tone(hertz: float) -> NDArray[np.float32]:
    return (0.3 * np.sin(2 * np.pi * hertz * TIME)).astype(np.float32)


def test_the_peak_of_a_turn_is_its_best_score() -> None:
    assert evidence(0.1, 0.6, 0.8, 0.9).peak(Turn(1.0, 2.9, "A")) == pytest.approx(0.8)


def test_a_turn_beyond_the_scores_has_no_evidence() -> None:
    assert evidence(0.9).peak(Turn(5.0, 6.0, "A")) == 0


def test_a_turn_with_strong_evidence_is_believed() -> None:
    turns = [Turn(0.0, 0.9, "A")]
    assert believable(turns, NOISE, evidence(0.95)) == turns


def test_a_turn_with_weak_evidence_is_dropped() -> None:
    sure, weak = Turn(0.0, 0.9, "A"), Turn(1.0, 1.9, "A")
    assert believable([sure, weak], NOISE, evidence(0.95, 0.6)) == [sure]


def test_a_voice_that_never_is_sure_is_dropped() -> None:
    assert believable([Turn(0.0, 0.9, "A")], NOISE, evidence(0.75)) == []


@pytest.mark.parametrize("seconds", [0.016, 0.2])
def test_a_blip_is_nobodys_however_sure_the_network_is(seconds: float) -> None:
    turns = [Turn(0.0, seconds, "A"), Turn(1.0, 1.9, "A")]
    assert believable(turns, NOISE, evidence(1.0, 1.0)) == turns[1:]


def test_a_short_word_is_believed() -> None:
    turns = [Turn(0.0, 0.3, "A")]
    assert believable(turns, NOISE, evidence(0.95)) == turns


def test_a_tone_is_dropped_however_sure_the_network_is() -> None:
    assert believable([Turn(0.0, 1.9, "A")], tone(440), evidence(1.0, 1.0)) == []


@pytest.mark.parametrize("hertz", [150, 425, 1000, 3000, 7900])
def test_a_sine_is_a_tone(hertz: float) -> None:
    assert is_tone(tone(hertz))


def test_a_siren_is_a_tone() -> None:
    phase = 2 * np.pi * np.cumsum(700 + 500 * np.sin(np.pi * TIME)) / RATE
    assert is_tone(np.sin(phase).astype(np.float32))


def test_noise_is_no_tone() -> None:
    assert not is_tone(NOISE)


def test_noise_over_a_loud_hum_of_the_mains_is_no_tone() -> None:
    assert not is_tone(tone(50) + 0.05 * NOISE[: TIME.size])


@pytest.mark.parametrize("num_samples", [0, 1, 100])
def test_next_to_nothing_is_no_tone(num_samples: int) -> None:
    assert not is_tone(np.zeros(num_samples, np.float32))
