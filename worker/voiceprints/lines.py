"""The kind of line a recording came over: told from the audio itself, and made from a better one.

A voice sounds different on a telephone and in noise, so a voiceprint holds an exemplar of each, and a
recording is compared with the one of its own kind.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.turns import Span
from worker.voiceprints.quality import measure_quality
from worker.voiceprints.speech import longest, speech_samples

Samples = NDArray[np.floating[Any]]

NARROW_DECIBELS: Final = -54.0
"""Above 5 kHz a telephone, or its codec, leaves less than this of what is below; other lines at least −44."""

NOISY_SNR_DB: Final = 17.0
"""With less, noise is a good part of what a voice is compared by."""

_MU: Final = 255
_LEVEL: Final = 0.06


def line_of(samples: Samples, spans: Sequence[Span]) -> Line:
    """The kind of line that the speech in ``spans`` of ``samples`` (num_samples,), 16 kHz, came over."""
    speech = speech_samples(samples, longest(spans))
    if is_narrow(speech):
        return Line.TELEPHONE
    return Line.NOISY if measure_quality(samples, spans).snr_db < NOISY_SNR_DB else Line.WIDEBAND


def is_narrow(speech: Samples) -> bool:
    """Whether ``speech`` (num_samples,), 16 kHz, has next to nothing above 5 kHz."""
    size = 512
    if speech.size < size:
        return False
    frames = np.lib.stride_tricks.sliding_window_view(speech, size)[::size]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(size))))
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE_HERTZ)
    low = power[:, (hertz > 250) & (hertz < 3400)].sum(1)  # noqa: PLR2004 - the band of a telephone
    high = power[:, (hertz > 5000) & (hertz < 7600)].sum(1)  # noqa: PLR2004 - what it cuts off
    # The median does not mind the clicks where spans were joined.
    return bool(10 * np.log10(np.median((high + 1e-20) / (low + 1e-20))) < NARROW_DECIBELS)


def renderings(speech: Samples, line: Line) -> list[Samples]:
    """``speech`` (num_samples,) as it would sound over a line of that kind, in a few ways; 16 kHz.

    The same speech is always rendered the same.
    """
    rng = np.random.default_rng(0)
    speech = at_level(speech)
    if line is Line.TELEPHONE:
        narrower = telephone(speech, 300, 3400)
        return [narrower, telephone(with_noise(speech, 25.0, 1.0, rng), 120, 3700)]
    if line is Line.NOISY:
        room = in_a_room(speech, 0.35, rng)
        return [with_noise(speech, 12.0, 1.0, rng), with_noise(room, 15.0, 0.5, rng)]
    return [speech]


def at_level(samples: Samples) -> Samples:
    """The samples at the level of normal speech."""
    rms = float(np.sqrt(np.square(samples, dtype=np.float64).mean())) if samples.size else 0.0
    return samples.astype(np.float32) * np.float32(_LEVEL / max(rms, 1e-6))


def telephone(samples: Samples, low_hertz: float, high_hertz: float) -> Samples:
    """What a line of that band at 8 kHz with 8-bit mu-law (ITU-T G.711) leaves."""
    size = samples.size + samples.size % 2
    spectrum = np.fft.rfft(samples, size)
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE_HERTZ)
    spectrum[(hertz < low_hertz) | (hertz > high_hertz)] = 0
    # Half the spectrum is half the rate, and back again.
    narrow = mu_law(np.fft.irfft(spectrum[: size // 4 + 1], size // 2) / 2)
    return np.asarray(np.fft.irfft(np.fft.rfft(narrow) * 2, size)[: samples.size], np.float32)


def mu_law(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """``samples`` within ±1 rounded to the 8-bit steps of mu-law."""
    clipped = np.clip(samples, -1, 1)
    coded = np.sign(clipped) * np.log1p(_MU * np.abs(clipped)) / np.log1p(_MU)
    coded = np.round(coded * 127) / 127
    decoded: NDArray[np.float64] = np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(_MU)) / _MU
    return decoded


def with_noise(samples: Samples, snr_db: float, slope: float, rng: np.random.Generator) -> Samples:
    """The samples in noise whose power falls with frequency to the power of ``slope``: 0 white, 1 pink."""
    spectrum = np.fft.rfft(rng.standard_normal(samples.size))
    noise = np.fft.irfft(spectrum / np.maximum(np.arange(spectrum.size), 1) ** (slope / 2), samples.size)
    level = np.sqrt(np.square(samples).mean()) * 10 ** (-snr_db / 20)
    return np.asarray(samples + noise * (level / np.sqrt(np.square(noise).mean())), np.float32)


def in_a_room(samples: Samples, reverberation_seconds: float, rng: np.random.Generator) -> Samples:
    """The samples at some distance in a room whose sound decays by 60 dB in ``reverberation_seconds``."""
    size = int(reverberation_seconds * SAMPLE_RATE_HERTZ)
    response = rng.standard_normal(size) * np.exp(-6.9 * np.arange(size) / size)
    response[0] = rng.uniform(0.7, 2.0) * np.sqrt(np.square(response).sum())
    length = samples.size + size
    heard = np.fft.irfft(np.fft.rfft(samples, length) * np.fft.rfft(response, length), length)
    return at_level(heard[: samples.size].astype(np.float32))
