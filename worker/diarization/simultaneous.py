"""Two slots of a chunk that speak at once are two voices, whatever they sound like through each other.

What is said by two is told by a mixture, so that both slots often seem to be the louder voice. The one that
fits it less, by its log likelihood, is then given the voice that it fits next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.heard import HeardSlot
from worker.diarization.placing import NOBODY, Placed, voice_models, worth_of_window
from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float64]

LEAST_FRAMES: Final = 20
"""A third of a second; less may be one voice, passed from slot to slot."""


def tell_apart(space: VoiceSpace, placed: Sequence[Placed]) -> list[Placed]:
    """The slots in their order; of any two with one voice while both speak, one gets another voice."""
    slots, windows, told = [one.heard for one in placed], [one.windows for one in placed], list(placed)
    if len({voice for own in windows for voice in own.tolist()}) <= 1:
        return told
    models, present = voice_models(space, slots, windows), np.unique(np.concatenate(windows))
    for one, other in _of_one_chunk(slots):
        both = (told[one].frames == told[other].frames) & (told[one].frames != NOBODY)
        if both.sum() < LEAST_FRAMES:
            continue
        fits = {place: _likelihoods(space, slots[place], models, present) for place in (one, other)}
        for voice in np.unique(told[one].frames[both]):
            losses = {place: _loss(fit, present, voice) for place, fit in fits.items()}
            loser = min(losses, key=lambda place: losses[place][0])
            frames = told[loser].frames.copy()
            frames[both & (frames == voice)] = losses[loser][1]
            told[loser] = replace(told[loser], frames=frames)
    return told


def _of_one_chunk(slots: Sequence[HeardSlot]) -> Iterator[tuple[int, int]]:
    for _, places in groupby(range(len(slots)), key=lambda place: slots[place].slot.chunk):
        yield from combinations(places, 2)


def _likelihoods(space: VoiceSpace, slot: HeardSlot, models: Array, present: NDArray[np.int64]) -> Array:
    """Of all that the slot says, for each of the voices that are ``present``."""
    distance = ((slot.points[:, None] - models[None, present]) ** 2 / space.of_window).sum((0, 2))
    likelihoods: Array = -worth_of_window(slot) / 2 * distance
    return likelihoods


def _loss(fit: Array, present: NDArray[np.int64], voice: int) -> tuple[float, int]:
    """Nats lost by the likeliest voice other than ``voice``, and which that is."""
    others = np.where(present == voice, -np.inf, fit)
    best = int(others.argmax())
    return float(fit[present == voice][0] - others[best]), int(present[best])
