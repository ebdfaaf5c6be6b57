"""GSM 06.10 frames made by hand, as no encoder of it is at hand: silence, and pulses in chosen frames."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME_SECONDS: Final = 0.02
FRAME_COUNT: Final = 100
LOUD_FRAMES: Final = (13, 37, 58, 81)
_SUBFRAMES: Final = 4
_PULSES: Final = 13
_PULSE_SPACING: Final = 3
_MAGIC: Final = 0xD
# Coded log area ratios that stand for a filter that changes next to nothing (06.10, table 4.1).
_FLAT: Final = ((6, 32), (6, 32), (5, 20), (5, 10), (4, 8), (4, 7), (3, 3), (3, 4))


def frames() -> bytes:
    """Two seconds of 33-byte frames as in a `.gsm` file."""
    return b"".join(_frame(number in LOUD_FRAMES) for number in range(FRAME_COUNT))


def expected(rate_hertz: int) -> NDArray[np.float64]:
    """What ``frames`` sound like, shape (num_samples,): each loud frame's pulses after the de-emphasis."""
    coded_hertz = 8000
    pulses = np.zeros(round(FRAME_COUNT * FRAME_SECONDS * coded_hertz))
    for frame in LOUD_FRAMES:
        for subframe in range(_SUBFRAMES):
            first = frame * 160 + subframe * 40
            pulses[first : first + _PULSES * _PULSE_SPACING : _PULSE_SPACING] = 1.0
    decay = 0.86 ** np.arange(60)
    return np.repeat(np.convolve(pulses, decay)[: pulses.size], rate_hertz // coded_hertz)


def _frame(is_loud: bool) -> bytes:
    fields = [(4, _MAGIC), *_FLAT]
    for _ in range(_SUBFRAMES):
        # Lag 40 with the least gain, grid 0, block maximum, thirteen pulses: all high, or next to nothing.
        fields += [(7, 40), (2, 0), (2, 0), (6, 50 if is_loud else 0), *[(3, 7 if is_loud else 4)] * _PULSES]
    bits = "".join(f"{value:0{width}b}" for width, value in fields)
    return int(bits, 2).to_bytes(33, "big")
