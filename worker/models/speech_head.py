"""A small head on the segmentation network that hears pauses and faint speech better than its own scores.

It is trained on simulated conversations (``training``), where it is known when anybody speaks, on what the
network's last hidden layer says and on how loud each frame is beside the recording's floor and peaks.
"""

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

NUM_LOUDNESS: Final = 6
_CHANNELS: Final = 32
_KERNEL: Final = 9
_WIDE: Final = 4
"""Frames from tap to tap of the second layer, which so sees whether a pause is a short one."""

_LEVEL_SAMPLES: Final = 400
_BLOCK_FRAMES: Final = 4096
_NEAR_ZERO: Final = 1e-4


class SpeechHead(nn.Module):
    """Log odds of speech: (batch, num_frames, num_features) to (batch, num_frames)."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(num_features, affine=False)
        self.first = nn.Conv1d(num_features, _CHANNELS, _KERNEL, padding=_KERNEL // 2)
        self.wide = nn.Conv1d(_CHANNELS, _CHANNELS, _KERNEL, padding=_KERNEL // 2 * _WIDE, dilation=_WIDE)
        self.last = nn.Conv1d(_CHANNELS, 1, _KERNEL, padding=_KERNEL // 2)
        self.dropout = nn.Dropout(0.3)

    def forward(self, features: Tensor) -> Tensor:
        """Frames in, log odds out."""
        near = torch.relu(self.first(self.norm(features.transpose(1, 2))))
        hidden = torch.relu(self.wide(self.dropout(near)))
        odds: Tensor = self.last(self.dropout(hidden))[:, 0]
        return odds


def head_features(hidden: Tensor, scores: Tensor, loudness: Tensor) -> Tensor:
    """(batch, num_frames, num_features): the network's last layer, its scores by size as log odds, loudness.

    Which of the network's voices is which changes from chunk to chunk, so that only their order counts.
    """
    ordered = scores.sort(dim=2, descending=True).values
    return torch.cat([hidden, log_odds(ordered), loudness], dim=2)


def log_odds(scores: Tensor) -> Tensor:
    """Logit of scores from 0 to 1, kept finite."""
    return torch.log(scores + _NEAR_ZERO) - torch.log(1 - scores + _NEAR_ZERO)


def frame_decibels(
    samples: NDArray[np.floating[Any]], num_frames: int, frame_samples: int, first_middle: int
) -> NDArray[np.float32]:
    """Power around the middle of each frame of a recording, in dB of full scale: (num_frames,)."""
    levels = np.empty(num_frames, np.float32)
    for first in range(0, num_frames, _BLOCK_FRAMES):
        count = min(_BLOCK_FRAMES, num_frames - first)
        start = first_middle + first * frame_samples - _LEVEL_SAMPLES // 2
        span = (count - 1) * frame_samples + _LEVEL_SAMPLES
        piece = np.square(samples[max(0, start) : start + span], dtype=np.float64)
        piece = np.pad(piece, (max(0, -start), max(0, span - piece.size - max(0, -start))))
        sums = np.concatenate([[0.0], np.cumsum(piece)])
        begins = np.arange(count) * frame_samples
        power = (sums[begins + _LEVEL_SAMPLES] - sums[begins]) / _LEVEL_SAMPLES
        levels[first : first + count] = 10 * np.log10(np.maximum(power, 0) + 1e-10)
    return levels


def loudness_features(decibels: NDArray[np.float32], num_real: int) -> NDArray[np.float32]:
    """How loud each frame is beside the recording's floor and peaks, over three spans of time.

    ``decibels`` (num_frames,) of a recording whose first ``num_real`` frames are not padding; shape
    (num_frames, NUM_LOUDNESS), in units of 20 dB.
    """
    floor, peak = np.percentile(decibels[: max(1, num_real)], [10, 95]).astype(np.float32)
    brief, longer = (
        np.convolve(decibels, np.full(width, 1 / width, np.float32), "same") for width in (5, 19)
    )
    features = np.empty((decibels.size, NUM_LOUDNESS), np.float32)
    columns = (decibels - floor, decibels - peak, brief - floor, brief - peak, longer - peak)
    for place, column in enumerate((*columns, (peak - floor) / 2)):
        features[:, place] = column / 20
    return np.clip(features, -4, 4, out=features)
