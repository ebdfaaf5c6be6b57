"""Was it speech at all? Drops turns that the network is unsure of, and tones that it takes for a voice.

Knows no model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.turns import Turn

LEAST_PEAK_OF_TURN: Final = 0.7
"""Speech, even one word, makes the network surer than this somewhere in a turn; most music does not."""

LEAST_PEAK_OF_VOICE: Final = 0.8
"""Nearly every real voice has a moment surer than this; melodies on one instrument reach 0.75."""

LEAST_TURN_SECONDS: Final = 0.25
"""A shorter turn, apart from all else its voice says, is an edge of a word or a noise, and nobody's name."""

TONE_SHARE: Final = 0.97
"""Sirens and dial tones have 0.99 of their power in one narrow peak; speech at most 0.93, vowels included."""

Samples = NDArray[np.floating[Any]]

_FRAME_SAMPLES: Final = 1024
_MOST_FRAMES: Final = 256
_PEAK_BINS: Final = 2
_FIRST_BIN: Final = 8  # 125 Hz: below, the hum of the mains may be louder than the speech


@dataclass(frozen=True, eq=False)
class SpeechEvidence:
    """Score of speech by any voice, 0 to 1, shape (num_frames,); a frame every ``step_seconds``."""

    scores: NDArray[np.float32]
    step_seconds: float

    def peak(self, turn: Turn) -> float:
        """The best score within ``turn``, 0 where there is none."""
        first = int(turn.start_seconds / self.step_seconds)
        last = int(turn.end_seconds / self.step_seconds) + 1
        return float(self.scores[first:last].max(initial=0.0))


def believable(turns: Sequence[Turn], samples: Samples, evidence: SpeechEvidence) -> list[Turn]:
    """The turns of ``samples`` (num_samples,), 16 kHz, that are speech, of voices that are surely voices."""
    peaks = {turn: evidence.peak(turn) for turn in turns if not _is_short(turn)}
    heard = [turn for turn, peak in peaks.items() if peak >= LEAST_PEAK_OF_TURN]
    heard = [turn for turn in heard if not is_tone(_cut(samples, turn))]
    sure = {turn.cluster for turn in heard if peaks[turn] >= LEAST_PEAK_OF_VOICE}
    return [turn for turn in heard if turn.cluster in sure]


def is_tone(samples: Samples) -> bool:
    """Whether ``samples`` (num_samples,), 16 kHz, are one pure tone, steady or gliding."""
    padded = np.pad(samples, (0, max(0, _FRAME_SAMPLES - samples.size)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME_SAMPLES)[:: _FRAME_SAMPLES // 2]
    frames = frames[:: -(-len(frames) // _MOST_FRAMES)]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FRAME_SAMPLES))) ** 2
    power = np.pad(power[:, _FIRST_BIN:], ((0, 0), (_PEAK_BINS, _PEAK_BINS)))
    bins = power.argmax(1)[:, None] + np.arange(-_PEAK_BINS, _PEAK_BINS + 1)
    peak = np.take_along_axis(power, bins, 1).sum(1)
    total = np.maximum(power.sum(1), np.finfo(np.float64).tiny)
    return bool(np.median(peak / total) > TONE_SHARE)


def _is_short(turn: Turn) -> bool:
    return turn.end_seconds - turn.start_seconds < LEAST_TURN_SECONDS


def _cut(samples: Samples, turn: Turn) -> Samples:
    start, end = (round(seconds * SAMPLE_RATE_HERTZ) for seconds in turn.span)
    return samples[start:end]
