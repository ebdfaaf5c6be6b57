"""Many channels to one, so that nobody falls silent: not one alone on a channel, nor one on opposed ones."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_HEADER: Final = np.dtype(
    [("magic", "S4"), *((name, ">u4") for name in ("start", "size", "code", "rate", "channels"))]
)
_FLOAT_BYTES: Final = 4
_LONGEST_HEADER_BYTES: Final = 1 << 16
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


class NotAnAuStream(Exception):
    """The decoder wrote something else than it was asked for."""


class NoNumbers(Exception):
    """Most of what arrived is infinite or not a number: these bytes were never samples."""


class Mixdown:
    """Takes the chunks of an AU stream of 32-bit floats with any number of channels; keeps their mean.

    It is kept in half precision, whose error is 70 dB below what is heard: 4 h of audio are 460 MB.

    ``weights`` (num_channels,) replace the mean's 1/num_channels. A call with more than ``max_samples`` in
    all raises TooManySamples; a header that is wrong or too wide raises NotAnAuStream or TooManyChannels.
    """

    def __init__(self, max_samples: int, weights: NDArray[np.float64] | None = None) -> None:
        self._max_samples = max_samples
        self._weights = weights
        self._pending = bytearray()
        self._mixed = bytearray()
        self._channels = 0
        self._products = np.zeros((0, 0))
        self._counted = self._numbers = 0

    def __call__(self, chunk: bytes) -> None:
        self._pending += chunk
        if not self._channels and not self._begin():
            return
        usable = len(self._pending) // (_FLOAT_BYTES * self._channels) * _FLOAT_BYTES * self._channels
        self._mix(np.frombuffer(bytes(self._pending[:usable]), dtype=">f4").astype(np.float32))
        del self._pending[:usable]
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

    def _begin(self) -> bool:
        if len(self._pending) < _HEADER.itemsize:
            return False
        header = np.frombuffer(bytes(self._pending[: _HEADER.itemsize]), dtype=_HEADER)[0]
        if not header["channels"] or header["start"] > _LONGEST_HEADER_BYTES:
            raise NotAnAuStream
        if header["channels"] > MAX_CHANNELS:
            raise TooManyChannels
        if self._weights is not None and self._weights.size != header["channels"]:
            raise NotAnAuStream
        if len(self._pending) < header["start"]:
            return False
        self._channels = int(header["channels"])
        self._products = np.zeros((self._channels, self._channels))
        del self._pending[: int(header["start"])]
        return True

    def _mix(self, flat: NDArray[np.float32]) -> None:
        self._counted += flat.size
        self._numbers += int(np.isfinite(flat).sum())
        # A float WAV may carry anything; one NaN would silence every later mean.
        np.nan_to_num(flat, copy=False, nan=0.0)
        frames = np.clip(flat, -1.0, 1.0, out=flat).reshape(-1, self._channels)
        if self._channels == 1:
            self._mixed += frames.astype(np.float16).tobytes()
            return
        self._products += frames.T @ frames
        weights = np.full(self._channels, 1 / self._channels) if self._weights is None else self._weights
        self._mixed += (frames @ weights.astype(np.float32)).astype(np.float16).tobytes()

    def _sounding(self) -> NDArray[np.bool_]:
        power = self._products.diagonal()
        return np.asarray(power > _SILENT_POWER * power.max(initial=0.0))
