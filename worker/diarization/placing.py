"""Slots with the voices that they were given, and what these voices then are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.heard import HeardSlot
from worker.voiceprints.space import VoiceSpace, windows_of

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

EVIDENCE_SHARE: Final = 0.4
"""Windows of one voice are not independent: each counts as so much of one that would be."""

NOBODY: Final = -1


@dataclass(frozen=True, eq=False)
class Placed:
    """A slot whose frames and windows have voices: ``frames`` (num_frames,), NOBODY where it is silent."""

    heard: HeardSlot
    frames: Labels
    windows: Labels


def voice_models(space: VoiceSpace, slots: Sequence[HeardSlot], windows: Sequence[Labels]) -> Array:
    """The likeliest point of each voice, (num_voices, num_dimensions), given the voices of all windows."""
    voices = np.concatenate(windows)
    worth = np.concatenate([np.full(len(slot.points), worth_of_window(slot)) for slot in slots])
    weights = worth[:, None] / space.of_window
    precision = np.repeat(1 / space.between_voices[None].astype(np.float64), voices.max() + 1, axis=0)
    sums = np.zeros_like(precision)
    np.add.at(precision, voices, weights)
    np.add.at(sums, voices, weights * np.concatenate([slot.points for slot in slots]))
    models: Array = sums / precision
    return models


def worth_of_window(slot: HeardSlot) -> float:
    """How many independent windows' worth of evidence one of the slot's windows is."""
    return EVIDENCE_SHARE * windows_of(slot.speech_seconds) / len(slot.points)
