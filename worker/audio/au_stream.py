"""What a decoder writes: Sun's AU format, whose header says how many channels there are, and no length."""

from typing import Final

import numpy as np

from worker.audio.mixing import Mixdown

_HEADER: Final = np.dtype(
    [("magic", "S4"), *((name, ">u4") for name in ("start", "size", "code", "rate", "channels"))]
)
_FLOAT_BYTES: Final = 4
_LONGEST_HEADER_BYTES: Final = 1 << 16


class NotAnAuStream(Exception):
    """The decoder wrote something else than it was asked for."""


class AuStream:
    """Takes the chunks of an AU stream of 32-bit floats, and gives their frames to a mixdown.

    A call raises NotAnAuStream where the header is wrong, and what the mixdown raises.
    """

    def __init__(self, mixdown: Mixdown) -> None:
        self._mixdown = mixdown
        self._pending = bytearray()
        self._frame_bytes = 0

    def __call__(self, chunk: bytes) -> None:
        self._pending += chunk
        if not self._frame_bytes and not self._begin():
            return
        usable = len(self._pending) // self._frame_bytes * self._frame_bytes
        self._mixdown.add(np.frombuffer(bytes(self._pending[:usable]), dtype=">f4").astype(np.float32))
        del self._pending[:usable]

    def _begin(self) -> bool:
        if len(self._pending) < _HEADER.itemsize:
            return False
        header = np.frombuffer(bytes(self._pending[: _HEADER.itemsize]), dtype=_HEADER)[0]
        if not header["channels"] or header["start"] > _LONGEST_HEADER_BYTES:
            raise NotAnAuStream
        if len(self._pending) < header["start"]:
            return False
        self._mixdown.begin(int(header["channels"]))
        self._frame_bytes = _FLOAT_BYTES * int(header["channels"])
        del self._pending[: int(header["start"])]
        return True
