"""Slots on a small grid: 5 s chunks of 100 frames, one every 50 frames."""

import numpy as np

from tests.unit.voices import windows
from worker.diarization.grid import FrameGrid
from worker.diarization.heard import HeardSlot
from worker.diarization.slots import Slot

RATE = 16_000
GRID = FrameGrid(
    rate_hertz=RATE,
    chunk_samples=5 * RATE,
    num_frames=100,
    frame_samples=RATE // 20,
    first_middle_seconds=0.025,
    chunk_step=50,
)


def heard(chunk: int, voice: int, first: int = 0, last: int = 100, column: int = 0) -> HeardSlot:
    """A slot that speaks in the frames from first to last of its chunk, all of it one voice."""
    active = np.zeros(100, np.bool_)
    active[first:last] = True
    seconds = (last - first) / 20
    count = max(1, round(seconds / 0.8) - 1)
    return HeardSlot(Slot(chunk, column, active, active), windows(voice, count, seed=chunk), seconds)
