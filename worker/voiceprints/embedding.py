"""One vector for one voice's speech in a recording."""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.turns import Span, Turn, solo_spans, spans_of, total_seconds

Vector = NDArray[np.float32]

LEAST_SPEECH_SECONDS: Final = 0.4
"""Less speech than this says nothing about whose voice it is."""

ENOUGH_SOLO_SECONDS: Final = 1.6
"""From here on, speech that others talk over is left out: one whole window of the network."""

MOST_SPEECH_SECONDS: Final = 120.0
"""More speech than this changes an embedding no more, it only costs time."""


class Embeds(Protocol):
    """A network that embeds speech."""

    def embed(self, samples: NDArray[np.float32], /) -> Vector:
        """Unit vector (dimension,) of ``samples`` (num_samples,), mono, 16 kHz."""


def embed_speech(embedder: Embeds, samples: NDArray[np.float32], spans: Sequence[Span]) -> Vector | None:
    """Unit vector (dimension,) of the speech of ``samples`` (num_samples,) in ``spans``, joined; 16 kHz.

    None when the spans hold less than LEAST_SPEECH_SECONDS.
    """
    speech = speech_samples(samples, longest(spans))
    return embedder.embed(speech) if speech.size >= LEAST_SPEECH_SECONDS * SAMPLE_RATE_HERTZ else None


def speech_samples(samples: NDArray[np.float32], spans: Sequence[Span]) -> NDArray[np.float32]:
    """The samples (num_speech_samples,) of all ``spans``, one after the other."""
    pieces = [samples[_sample(start) : _sample(end)] for start, end in spans]
    return np.concatenate([samples[:0], *pieces])


def cluster_spans(turns: Sequence[Turn], cluster: str) -> list[Span]:
    """The spans that tell most about the voice of ``cluster``: where it is alone, if that is enough of it."""
    solo = solo_spans(turns, cluster)
    return solo if total_seconds(solo) >= ENOUGH_SOLO_SECONDS else spans_of(turns, cluster)


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
