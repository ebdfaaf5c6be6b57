"""The speech of a recording, cut out of it."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.turns import Span

MOST_SPEECH_SECONDS: Final = 120.0
"""More speech than this tells a voice no better, it only costs time."""


def speech_samples(samples: NDArray[np.floating[Any]], spans: Sequence[Span]) -> NDArray[np.float32]:
    """The samples (num_speech_samples,) of all ``spans``, one after the other."""
    pieces = [samples[_sample(start) : _sample(end)] for start, end in spans]
    return np.concatenate([samples[:0], *pieces], dtype=np.float32)


def longest(spans: Sequence[Span]) -> list[Span]:
    """The longest of ``spans`` that make up MOST_SPEECH_SECONDS, in order."""
    kept: list[Span] = []
    left_seconds = MOST_SPEECH_SECONDS
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        if left_seconds > 0:
            kept.append((start, min(end, start + left_seconds)))
            left_seconds -= end - start
    return sorted(kept)


def _sample(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HERTZ)
