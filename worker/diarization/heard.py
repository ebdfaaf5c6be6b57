"""What the networks made of a recording, before anybody knows whose voice is whose. Knows no model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.diarization.grid import FrameGrid
from worker.diarization.slots import Slot

OnProgress = Callable[[str, float], None]
"""Called with the name of a stage and the share of it that is done, from 0 to 1."""


@dataclass(frozen=True, eq=False)
class HeardSlot:
    """A slot and what it sounds like: points (num_windows, num_dimensions) of the voice space, in order."""

    slot: Slot
    points: NDArray[np.float32]
    speech_seconds: float


@dataclass(frozen=True, eq=False)
class Heard:
    """What the networks made of a recording.

    ``scores`` (num_chunks, num_frames, num_voices) are the local voices'; ``speech`` and ``overlap``
    (total_frames,) tell how surely anybody, and a second voice, speaks; ``evidence`` (total_frames,) is the
    segmentation network's own surest score. All from 0 to 1.
    """

    grid: FrameGrid
    scores: NDArray[np.float32]
    speech: NDArray[np.float32]
    overlap: NDArray[np.float32]
    evidence: NDArray[np.float32]
    slots: list[HeardSlot]
    duration_seconds: float
