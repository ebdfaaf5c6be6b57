"""How good a recording is, in numbers: of signals whose numbers are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from worker.voiceprints.quality import clipped_share, measure_quality, snr_db

RATE = 16_000
Samples = NDArray[np.float32]


def noise(rms: float, num_seconds: float = 4.0) -> Samples:
    return np.random.default_rng(1).normal(0, rms, int(num_seconds * RATE)).astype(np.float32)


def spoken(rms: float, pause_rms: float) -> Samples:
    """A second of "speech", a second of pause, and again."""
    return np.concatenate([noise(rms, 1), noise(pause_rms, 1), noise(rms, 1), noise(pause_rms, 1)])


def test_the_level_is_that_of_the_speech_alone() -> None:
    quality = measure_quality(spoken(0.1, 0.001), [(0.0, 1.0), (2.0, 3.0)])
    assert quality.level_dbfs == pytest.approx(-20, abs=0.2)


def test_seconds_of_audio_and_of_speech_are_told_apart() -> None:
    quality = measure_quality(spoken(0.1, 0.001), [(0.0, 1.0), (2.0, 3.0)])
    assert (quality.audio_seconds, quality.speech_seconds) == (4.0, 2.0)


@pytest.mark.parametrize("snr", [10, 20, 40])
def test_the_pauses_are_the_noise(snr: float) -> None:
    quality = measure_quality(spoken(0.1, 0.1 * 10 ** (-snr / 20)), [(0.0, 1.0), (2.0, 3.0)])
    assert quality.snr_db == pytest.approx(snr, abs=1.5)


def test_the_signal_to_noise_ratio_ends_at_60_db() -> None:
    assert measure_quality(spoken(0.1, 0.0), [(0.0, 1.0)]).snr_db == 60


def test_steady_noise_has_no_signal() -> None:
    assert snr_db(0.01, noise(0.1)) < 1


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(RATE, np.float32)])
def test_nothing_can_be_measured_too(samples: Samples) -> None:
    assert measure_quality(samples, []).clipped_share == 0


def test_unclipped_sound_has_nearly_no_clipped_samples() -> None:
    assert clipped_share(noise(0.1)) < 0.001


@pytest.mark.parametrize("gain", [1.0, 0.25])
def test_cut_off_peaks_are_found_also_when_turned_down_later(gain: float) -> None:
    limit = 0.15
    share = float((np.abs(noise(0.1)) > limit).mean())
    assert clipped_share(gain * np.clip(noise(0.1), -limit, limit)) == pytest.approx(share, abs=0.01)
