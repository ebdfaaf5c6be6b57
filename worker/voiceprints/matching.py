"""Whose voice is it? Cosine scores of unit vectors, and nothing but numpy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Voiceprint:
    """What an enrolled speaker sounds like: a unit vector (dimension,)."""

    speaker_id: str
    vector: Vector


@dataclass(frozen=True)
class Match:
    """The outcome of a comparison: ``speaker_id`` is None when no voiceprint is near enough.

    ``cosine_score`` is that of ``nearest_id``, the best of all, and −1 with None when there are none.
    """

    speaker_id: str | None
    cosine_score: float
    nearest_id: str | None


class Gallery:
    """The voiceprints a voice is compared with, as one matrix (num_voiceprints, dimension)."""

    def __init__(self, voiceprints: Iterable[Voiceprint]) -> None:
        voiceprints = list(voiceprints)
        self.speaker_ids = tuple(voiceprint.speaker_id for voiceprint in voiceprints)
        self.matrix = np.array([voiceprint.vector for voiceprint in voiceprints], np.float32)

    def match(self, embedding: Vector, threshold: float) -> Match:
        """The nearest voiceprint of ``embedding`` (dimension,), named if its score reaches ``threshold``."""
        if not self.speaker_ids:
            return Match(None, -1.0, None)
        scores = np.clip(self.matrix @ embedding, -1.0, 1.0)
        best = int(np.argmax(scores))
        nearest_id, score = self.speaker_ids[best], float(scores[best])
        return Match(nearest_id if score >= threshold else None, score, nearest_id)


def combine(vectors: Sequence[Vector], speech_seconds: Sequence[float]) -> Vector:
    """One unit vector (dimension,) for a speaker's samples, each counting by its seconds of speech.

    Raises ValueError when there are no samples, or no speech in any of them.
    """
    if not vectors or sum(speech_seconds) <= 0:
        raise ValueError("a voiceprint needs at least one sample with speech")
    mean = np.average(np.stack(vectors), axis=0, weights=np.asarray(speech_seconds))
    unit: Vector = (mean / np.linalg.norm(mean)).astype(np.float32)
    return unit


def settle_claims(matches: Mapping[str, Match], margin: float) -> dict[str, Match]:
    """The matches of a recording's voices, without names that another of its voices has far better claim to.

    Voices heard over one line score alike, strangers too, and so may all pass a threshold. A voice that
    scores more than ``margin`` below the best claim to the same name is therefore a stranger; pieces of
    one voice score within it.
    """
    best: dict[str | None, float] = {}
    for match in matches.values():
        best[match.speaker_id] = max(match.cosine_score, best.get(match.speaker_id, -1.0))
    return {
        voice: match
        if match.cosine_score >= best[match.speaker_id] - margin
        else replace(match, speaker_id=None)
        for voice, match in matches.items()
    }
