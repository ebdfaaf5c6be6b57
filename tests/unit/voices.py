"""A small voice space with voices in it, made up here."""

import numpy as np
from numpy.typing import NDArray

from worker.voiceprints.space import VoiceSpace

Points = NDArray[np.float32]

NUM_DIMENSIONS = 16


def space() -> VoiceSpace:
    """Voices are spread by 6, windows about their voice by 1, and lines move a voice by 0.5."""
    identity = np.eye(NUM_DIMENSIONS, dtype=np.float32)
    spread = np.ones(NUM_DIMENSIONS, np.float32)
    return VoiceSpace(np.zeros(NUM_DIMENSIONS, np.float32), identity, 36 * spread, spread, 0.25 * spread)


def voice(number: int) -> Points:
    """The point of a voice."""
    return np.random.default_rng(number).normal(0, 6, NUM_DIMENSIONS).astype(np.float32)


def windows(number: int, count: int, seed: int = 0) -> Points:
    """Points (count, NUM_DIMENSIONS) of windows of a voice."""
    noise = np.random.default_rng([number, seed]).normal(0, 1, (count, NUM_DIMENSIONS))
    return (voice(number) + noise).astype(np.float32)
