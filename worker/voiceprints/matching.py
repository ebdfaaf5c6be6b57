"""Whose voice is it? Cosine scores of unit vectors, and nothing but numpy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Candidate, StrangerReason

Vector = NDArray[np.float32]

MOST_CANDIDATES: Final = 3


@dataclass(frozen=True, eq=False)
class Voiceprint:
    """What an enrolled speaker sounds like: a unit vector (dimension,)."""

    speaker_id: str
    vector: Vector


@dataclass(frozen=True)
class Match:
    """The outcome of a comparison: ``speaker_id`` is None when the voice was not named.

    ``cosine_score`` is that of ``nearest_id``, the best of all, and −1 with None when there are none.
    ``reason`` says why there is no name; ``candidates`` are the nearest speakers, best first.
    """

    speaker_id: str | None
    cosine_score: float
    nearest_id: str | None
    reason: StrangerReason | None = None
    candidates: tuple[Candidate, ...] = ()

    def unnamed(self, reason: StrangerReason) -> "Match":
        """The same comparison, for a voice that is not to be named."""
        return replace(self, speaker_id=None, reason=reason)


NO_MATCH: Final = Match(None, -1.0, None, StrangerReason.BELOW_THRESHOLD)
"""Of a voice that there was nothing to compare with."""


class Gallery:
    """The voiceprints a voice is compared with, as one matrix (num_voiceprints, dimension)."""

    def __init__(self, voiceprints: Iterable[Voiceprint]) -> None:
        voiceprints = list(voiceprints)
        self.speaker_ids = tuple(voiceprint.speaker_id for voiceprint in voiceprints)
        self.matrix = np.array([voiceprint.vector for voiceprint in voiceprints], np.float32)

    def match(self, embedding: Vector, threshold: float) -> Match:
        """The nearest voiceprint of ``embedding`` (dimension,), named if its score reaches ``threshold``."""
        if not self.speaker_ids:
            return NO_MATCH
        scores = np.clip(self.matrix @ embedding, -1.0, 1.0)
        nearest = np.argsort(-scores, kind="stable")[:MOST_CANDIDATES]
        candidates = tuple(Candidate(self.speaker_ids[one], float(scores[one])) for one in nearest)
        best = candidates[0]
        match = Match(best.speaker_id, best.cosine_score, best.speaker_id, None, candidates)
        return match if best.cosine_score >= threshold else match.unnamed(StrangerReason.BELOW_THRESHOLD)


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
    scores more than ``margin`` below the best claim to the same name is therefore a stranger, and its match
    ambiguous; pieces of one voice score within it.
    """
    named = [match for match in matches.values() if match.speaker_id is not None]
    best: dict[str | None, float] = {}
    for match in named:
        best[match.speaker_id] = max(match.cosine_score, best.get(match.speaker_id, -1.0))
    return {
        voice: match
        if match.speaker_id is None or match.cosine_score >= best[match.speaker_id] - margin
        else match.unnamed(StrangerReason.AMBIGUOUS)
        for voice, match in matches.items()
    }
