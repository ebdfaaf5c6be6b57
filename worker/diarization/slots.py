"""The voices that the segmentation network tells apart within one chunk: slots, still without identity."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.grid import FrameGrid

ON_SCORE: Final = 0.5
"""From this score on, a slot's voice is taken to speak."""

LEAST_SECONDS: Final = 0.2
"""A slot that speaks for less has nothing to tell its voice by."""

ENOUGH_SOLO_SECONDS: Final = 0.5
"""From here on, a slot is told by what it says alone."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Slot:
    """One local voice of one chunk; masks have shape (num_frames,)."""

    chunk: int
    voice: int
    active: Mask
    telling: Mask
    """The frames that its voice is told by: those without others, where there are enough."""


def find_slots(scores: NDArray[np.float32], first_chunk: int, grid: FrameGrid) -> Iterator[Slot]:
    """The slots of chunks, from first_chunk on, with ``scores`` (num_chunks, num_frames, num_voices)."""
    active = scores > ON_SCORE
    alone = active.sum(2) == 1
    for chunk in range(len(scores)):
        for voice in range(scores.shape[2]):
            own = active[chunk, :, voice]
            if own.sum() * grid.frame_seconds < LEAST_SECONDS:
                continue
            solo = own & alone[chunk]
            enough = solo.sum() * grid.frame_seconds >= ENOUGH_SOLO_SECONDS
            yield Slot(first_chunk + chunk, voice, own, solo if enough else own)
