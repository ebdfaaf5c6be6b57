"""A voiceprint: what an enrolled speaker sounds like on every kind of line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Voiceprint:
    """What an enrolled speaker sounds like.

    ``exemplars`` (num_lines, num_dimensions) are points of the voice space, one for each `Line` in its order;
    NaN where there is none. ``windows`` says how much speech stands behind them.
    """

    speaker_id: str
    exemplars: Array
    windows: float


def combine(exemplars: Sequence[Array], windows: Sequence[float]) -> Array:
    """One speaker's exemplars (num_lines, num_dimensions), of all his samples, each by its windows.

    NaN remains where no sample has a line. Raises ValueError when there is no sample.
    """
    if not exemplars:
        raise ValueError("a voiceprint needs at least one sample")
    stacked = np.stack(exemplars).astype(np.float64)
    known = ~np.isnan(stacked).any(2)
    weights = known * np.maximum(np.asarray(windows, np.float64), 1e-3)[:, None]
    total = np.einsum("sl,sld->ld", weights, np.nan_to_num(stacked))
    with np.errstate(invalid="ignore"):
        mean: Array = (total / weights.sum(0)[:, None]).astype(np.float32)
    return mean
