"""The kind of line a voice came over."""

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain import Line
from worker.voiceprints.exemplars import exemplars
from worker.voiceprints.lines import at_level, is_narrow, line_of, mu_law, renderings, telephone

RATE = 16_000
Samples = NDArray[np.float32]


def speech(seconds: float = 6.0, seed: int = 0) -> Samples:
    """Noise with the slope of speech that is loud for half of every second."""
    rng = np.random.default_rng(seed)
    size = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(size)) / np.maximum(np.arange(size // 2 + 1), 1)
    samples = np.fft.irfft(spectrum, size)
    samples *= np.repeat(np.tile([1.0, 0.001], int(2 * seconds) // 2), RATE // 2)
    return at_level(samples.astype(np.float32))


SPANS = [(float(second), second + 0.5) for second in range(6)]


def with_hiss(samples: Samples, level: float) -> Samples:
    return samples + np.random.default_rng(1).normal(0, level, samples.size).astype(np.float32)


def test_a_recording_with_treble_is_wideband() -> None:
    assert line_of(with_hiss(speech(), 0.0003), SPANS) is Line.WIDEBAND


def test_a_recording_without_treble_is_from_a_telephone() -> None:
    assert line_of(telephone(speech(), 300, 3400), SPANS) is Line.TELEPHONE


def test_a_noisy_telephone_is_a_telephone() -> None:
    assert line_of(telephone(with_hiss(speech(), 0.03), 300, 3400), SPANS) is Line.TELEPHONE


def test_a_recording_in_noise_is_noisy() -> None:
    assert line_of(with_hiss(speech(), 0.03), SPANS) is Line.NOISY


@pytest.mark.parametrize("size", [0, 1, 511])
def test_a_moment_tells_nothing_about_its_line(size: int) -> None:
    assert not is_narrow(np.ones(size, np.float32))


@pytest.mark.parametrize("line", list(Line))
def test_the_same_speech_is_always_rendered_the_same(line: Line) -> None:
    first, second = renderings(speech(), line), renderings(speech(), line)
    assert all((one == other).all() for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("line", list(Line))
def test_renderings_are_as_long_as_the_speech(line: Line) -> None:
    assert {one.size for one in renderings(speech(), line)} == {6 * RATE}


def test_what_is_rendered_for_a_telephone_is_narrow() -> None:
    assert all(is_narrow(one) for one in renderings(with_hiss(speech(), 0.0003), Line.TELEPHONE))


def test_mu_law_has_as_many_steps_as_eight_bits() -> None:
    assert np.unique(mu_law(np.linspace(-1, 1, 100_000))).size == 255


def test_mu_law_is_finest_near_silence() -> None:
    assert abs(mu_law(np.array([0.001]))[0] - 0.001) < 0.0003


def known(line: Line) -> set[Line]:
    rows = exemplars(lambda samples: samples[None, :4], speech(), line)
    return {one for one, row in zip(Line, rows, strict=True) if not np.isnan(row).any()}


@pytest.mark.parametrize("line", [Line.WIDEBAND, Line.NOISY])
def test_a_recording_with_treble_has_exemplars_of_all_lines(line: Line) -> None:
    assert known(line) == set(Line)


def test_a_telephone_recording_has_only_its_own_exemplar() -> None:
    assert known(Line.TELEPHONE) == {Line.TELEPHONE}
