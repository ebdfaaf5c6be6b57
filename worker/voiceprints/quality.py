"""How good a recording of a voice is, in numbers. Knows no model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.turns import Span, total_seconds
from worker.voiceprints.speech import longest, speech_samples

Samples = NDArray[np.floating[Any]]

_FRAME_SAMPLES: Final = 320
_PAUSES_PERCENTILE: Final = 10
_NEAR_PEAK: Final = 0.98
_SILENCE_DBFS: Final = -120.0
_BEST_SNR_DB: Final = 60.0


@dataclass(frozen=True)
class SampleQuality:
    """What was measured of a recording of one voice.

    ``level_dbfs`` is the root mean square of the speech, where 0 is that of samples that are all 1;
    ``clipped_share`` is of the speech's samples, 0 to 1; ``snr_db`` is speech over what the pauses hold.
    """

    audio_seconds: float
    speech_seconds: float
    level_dbfs: float
    clipped_share: float
    snr_db: float

    def to_json(self) -> dict[str, float]:
        """The form kept with a sample, whose durations stand beside it."""
        return {
            "level_dbfs": round(self.level_dbfs, 1),
            "clipped_share": round(self.clipped_share, 5),
            "snr_db": round(self.snr_db, 1),
        }


def measure_quality(samples: Samples, spans: Sequence[Span]) -> SampleQuality:
    """The quality of the speech in ``spans`` of ``samples`` (num_samples,), 16 kHz, within ±1."""
    # The longest spans tell as much as all, and all may be hours.
    speech = speech_samples(samples, longest(spans))
    power = _power(speech)
    return SampleQuality(
        audio_seconds=samples.size / SAMPLE_RATE_HERTZ,
        speech_seconds=total_seconds(spans),
        level_dbfs=_decibels(power),
        clipped_share=clipped_share(speech),
        snr_db=snr_db(power, samples),
    )


def clipped_share(speech: Samples) -> float:
    """Share of samples within 2 % of the greatest: speech has one in ten thousand there, cut off peaks many.

    Measured from the recording's own peak, since what was clipped may have been turned down later.
    """
    magnitudes = np.abs(speech)
    peak = magnitudes.max(initial=0.0)
    return float((magnitudes >= _NEAR_PEAK * peak).mean()) if peak > 0 else 0.0


def snr_db(speech_power: float, samples: Samples) -> float:
    """Decibels of speech over noise, at most 60; noise is the tenth percentile of frames of 20 ms.

    Any speaker pauses for a tenth of the time, and a percentile needs no detector to be right about where.
    """
    frames = samples[: samples.size // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES)
    if not len(frames) or speech_power <= 0:
        return 0.0
    # Summed in float64 without a copy of the recording in it.
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / _FRAME_SAMPLES
    noise = float(np.percentile(power, _PAUSES_PERCENTILE))
    clean = max(speech_power - noise, speech_power * 10 ** (_SILENCE_DBFS / 10))
    return float(np.clip(_decibels(clean) - _decibels(noise), 0.0, _BEST_SNR_DB))


def _power(samples: Samples) -> float:
    return float(np.einsum("i,i->", samples, samples, dtype=np.float64)) / max(1, samples.size)


def _decibels(power: float) -> float:
    return float(10 * np.log10(max(power, 10 ** (_SILENCE_DBFS / 10))))
