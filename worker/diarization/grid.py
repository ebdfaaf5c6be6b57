"""Where chunks and frames of the segmentation network lie in time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TAPER_SHARE = 0.1


@dataclass(frozen=True)
class FrameGrid:
    """Chunks of ``num_frames`` frames, one every ``chunk_step`` frames: frames of all chunks coincide.

    A frame lasts ``frame_samples``; the middle of the first is ``first_middle_seconds`` after the start.
    """

    rate_hertz: int
    chunk_samples: int
    num_frames: int
    frame_samples: int
    first_middle_seconds: float
    chunk_step: int

    @property
    def frame_seconds(self) -> float:
        """How long a frame is."""
        return self.frame_samples / self.rate_hertz

    @property
    def step_samples(self) -> int:
        """From the start of a chunk to that of the next."""
        return self.chunk_step * self.frame_samples

    def num_chunks(self, num_samples: int) -> int:
        """Chunks that cover ``num_samples``; the last may go beyond."""
        return 1 + max(0, -(-(num_samples - self.chunk_samples) // self.step_samples))

    def total_frames(self, num_chunks: int) -> int:
        """Frames from the start of the first chunk to the end of the last."""
        return (num_chunks - 1) * self.chunk_step + self.num_frames

    def chunks(self, samples: NDArray[np.floating[Any]], first: int, last: int) -> NDArray[np.float32]:
        """Chunks ``first`` to ``last`` of ``samples`` (num_samples,), shape (last − first, chunk_samples)."""
        start = first * self.step_samples
        stop = (last - 1) * self.step_samples + self.chunk_samples
        piece = samples[start:stop]
        padded = np.pad(piece, (0, stop - start - piece.size))
        views = np.lib.stride_tricks.sliding_window_view(padded, self.chunk_samples)
        return views[:: self.step_samples].astype(np.float32)

    def starts_seconds(self, num_frames: int) -> NDArray[np.float64]:
        """When each of the recording's frames begins, and at last when the last ends: (num_frames + 1,)."""
        edges = np.arange(num_frames + 1, dtype=np.float64) - 0.5
        return np.asarray(self.first_middle_seconds + edges * self.frame_seconds)

    def overlap_mean(
        self, scores: NDArray[np.float32], taper_share: float = _TAPER_SHARE
    ) -> NDArray[np.float32]:
        """Mean over chunks of what each says of a frame: (num_chunks, num_frames, …) to (total_frames, …).

        A chunk's edges, where the network lacks context, count less: ``taper_share`` of it at either end.
        """
        taper = self._taper(taper_share)
        shape = (self.total_frames(len(scores)), *scores.shape[2:])
        total, weight = np.zeros(shape, np.float32), np.zeros(shape[0], np.float32)
        for number, chunk in enumerate(scores):
            place = slice(number * self.chunk_step, number * self.chunk_step + self.num_frames)
            total[place] += (chunk.T * taper).T
            weight[place] += taper
        return np.asarray((total.T / weight).T, np.float32)

    def _taper(self, share: float) -> NDArray[np.float32]:
        rise = int(self.num_frames * share)
        taper = np.ones(self.num_frames, np.float32)
        taper[:rise] = np.arange(1, rise + 1) / (rise + 1)
        taper[-rise:] = taper[:rise][::-1]
        return taper
