"""Where a slot changes its voice: the segmentation network takes similar voices for one within a chunk.

Every slot's windows are followed in time through the voices that were found, by Viterbi's algorithm with a
price on each change, as VBx does for whole recordings (F. Landini et al., "Bayesian HMM clustering of
x-vector sequences (VBx) in speaker diarization", Computer Speech & Language 71, 2022).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.grid import FrameGrid
from worker.diarization.heard import HeardSlot
from worker.diarization.placing import NOBODY, Placed, voice_models, worth_of_window
from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

CHANGE_PENALTY: Final = 1.5
"""Nats that another voice must explain what follows better by."""

PASSES: Final = 2
"""How often the voices are modelled anew by what was given to them."""

_WINDOW_STEP_SECONDS: Final = 0.8


def resegment(
    space: VoiceSpace, grid: FrameGrid, slots: Sequence[HeardSlot], labels: Labels, least_voices: int = 1
) -> list[Placed]:
    """Every slot with the voices of its windows and frames, from one label a slot, (num_slots,).

    At least ``least_voices`` remain, if there were so many.
    """
    windows = [np.full(len(slot.points), label) for slot, label in zip(slots, labels, strict=True)]
    for _ in range(PASSES):
        models = voice_models(space, slots, windows)
        followed = [_followed(space, slot, models) for slot in slots]
        if len(np.unique(np.concatenate(followed))) < min(least_voices, len(models)):
            break
        windows = followed
    return [Placed(slot, _frames(slot, own, grid), own) for slot, own in zip(slots, windows, strict=True)]


def _followed(space: VoiceSpace, slot: HeardSlot, models: Array) -> Labels:
    distance = (slot.points[:, None] - models[None]) ** 2 / space.of_window
    return follow(-worth_of_window(slot) / 2 * distance.sum(2))


def follow(likelihoods: Array) -> Labels:
    """The likeliest voice of each window, from log likelihoods (num_windows, num_voices)."""
    num_windows, num_voices = likelihoods.shape
    best = likelihoods[0].copy()
    came_from = np.zeros((num_windows, num_voices), np.int64)
    for number in range(1, num_windows):
        leader = int(best.argmax())
        changed = best[leader] - CHANGE_PENALTY
        stays = best >= changed
        came_from[number] = np.where(stays, np.arange(num_voices), leader)
        best = np.where(stays, best, changed) + likelihoods[number]
    path = [int(best.argmax())]
    for number in range(num_windows - 1, 0, -1):
        path.append(int(came_from[number, path[-1]]))
    return np.array(path[::-1], np.int64)


def _frames(heard: HeardSlot, windows: Labels, grid: FrameGrid) -> Labels:
    """Voices of the slot's frames: those that its windows were made of, and the nearest for the others."""
    slot = heard.slot
    told = np.flatnonzero(slot.telling)
    # The windows were cut from the telling frames joined, one every half window.
    places = np.arange(told.size) * grid.frame_seconds / _WINDOW_STEP_SECONDS - 0.5
    voices = windows[np.clip(places.astype(np.int64), 0, len(windows) - 1)]
    frames = np.full(slot.active.size, NOBODY)
    frames[told] = voices
    others = np.flatnonzero(slot.active & ~slot.telling)
    frames[others] = voices[np.abs(others[:, None] - told[None]).argmin(1)] if others.size else NOBODY
    return frames
