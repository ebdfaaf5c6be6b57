"""Many channels to one, so that nobody falls silent: not one alone on a channel, nor one on opposed ones."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_KEPT_BYTES: Final = 2
_SILENT_POWER: Final = 1e-6
"""Below the loudest channel by 60 dB, a channel is a wire without a microphone."""
_OPPOSED: Final = -0.5
"""Correlation under which two channels take more from each other than they add."""


MAX_CHANNELS: Final = 64
"""More than any array of microphones has; what a header says may be thousands."""


class TooManySamples(Exception):
    """More arrived than is allowed."""


class TooManyChannels(Exception):
    """The stream has more than `MAX_CHANNELS`."""


class OtherChannels(Exception):
    """There are more channels, or fewer, than when the same file was read before."""


class NoNumbers(Exception):
    """Most of what arrived is infinite or not a number: these bytes were never samples."""


class Mixdown:
    """Takes samples of any number of channels as they come; keeps their mean.

    It is kept in half precision, whose error is 70 dB below what is heard: 4 h of audio are 460 MB.

    ``weights`` (num_channels,) replace the mean's 1/num_channels.
    """

    def __init__(self, max_samples: int, weights: NDArray[np.float64] | None = None) -> None:
        self._max_samples = max_samples
        self._weights = weights
        self._mixed = bytearray()
        self._channels = 0
        self._products = np.zeros((0, 0))
        self._counted = self._numbers = 0

    def begin(self, num_channels: int) -> None:
        """Say how many channels there are. Raises TooManyChannels and OtherChannels."""
        if num_channels > MAX_CHANNELS:
            raise TooManyChannels
        if self._weights is not None and self._weights.size != num_channels:
            raise OtherChannels
        self._channels = num_channels
        self._products = np.zeros((num_channels, num_channels))

    def add(self, flat: NDArray[np.float32]) -> None:
        """Add whole frames (num_frames * num_channels,), which are changed. Raises TooManySamples."""
        self._counted += flat.size
        self._numbers += int(np.isfinite(flat).sum())
        # A float WAV may carry anything; one NaN would silence every later mean.
        np.nan_to_num(flat, copy=False, nan=0.0)
        frames = np.clip(flat, -1.0, 1.0, out=flat).reshape(-1, self._channels)
        self._mixed += self._mean(frames).astype(np.float16).tobytes()
        if len(self._mixed) > self._max_samples * _KEPT_BYTES:
            raise TooManySamples

    def samples(self) -> NDArray[np.float16]:
        """What came so far, shape (num_samples,), within ±1; silent channels do not make it quieter.

        Raises NoNumbers.
        """
        if 2 * self._numbers < self._counted:
            raise NoNumbers
        samples = np.frombuffer(self._mixed, dtype=np.float16)
        if self._weights is None and 0 < (sounding := int(self._sounding().sum())) < self._channels:
            samples *= self._channels / sounding
        return np.clip(samples, -1.0, 1.0, out=samples)

    def better_weights(self) -> NDArray[np.float64] | None:
        """Weights (num_channels,) under which opposed channels no longer cancel, or None where none do."""
        power = self._products.diagonal()
        if not power.size or not power.max():
            return None
        loudest = int(power.argmax())
        size = np.sqrt(np.maximum(power * power[loudest], np.finfo(np.float64).tiny))
        opposed = (self._products[loudest] / size < _OPPOSED) & self._sounding()
        if not opposed.any():
            return None
        return np.asarray(np.where(opposed, -1.0, 1.0) * self._sounding() / self._sounding().sum())

    def _mean(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._channels == 1:
            return frames
        self._products += frames.T @ frames
        weights = np.full(self._channels, 1 / self._channels) if self._weights is None else self._weights
        mean: NDArray[np.float32] = frames @ weights.astype(np.float32)
        return mean

    def _sounding(self) -> NDArray[np.bool_]:
        power = self._products.diagonal()
        return np.asarray(power > _SILENT_POWER * power.max(initial=0.0))
