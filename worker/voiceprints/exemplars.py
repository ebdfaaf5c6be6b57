"""A voice's exemplars: what a sample of it sounds like over each kind of line."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from worker.voiceprints.lines import renderings

Samples = NDArray[np.float32]
Points = NDArray[np.float32]


def exemplars(embed: Callable[[Samples], Points], speech: Samples, line: Line) -> Points:
    """Points (num_lines, num_dimensions) of one voice's ``speech`` (num_samples,) that came over ``line``.

    What a telephone cut off cannot be put back, so its samples have no other exemplar: those rows are NaN.
    ``embed`` gives points (num_windows, num_dimensions) of samples.
    """
    rows = {one: _mean(embed, _as_heard(speech, line, one)) for one in _derivable(line)}
    nothing = np.full_like(rows[line], np.nan)
    return np.array([rows.get(one, nothing) for one in Line], np.float32)


def _derivable(line: Line) -> tuple[Line, ...]:
    return (line,) if line is Line.TELEPHONE else tuple(Line)


def _as_heard(speech: Samples, line: Line, wanted: Line) -> list[Samples]:
    # Noise that is there already needs no more of it.
    if wanted is line or (line is Line.NOISY and wanted is Line.WIDEBAND):
        return [speech]
    return renderings(speech, wanted)


def _mean(embed: Callable[[Samples], Points], heard: list[Samples]) -> Points:
    mean: Points = np.concatenate([embed(one) for one in heard]).mean(0)
    return mean
