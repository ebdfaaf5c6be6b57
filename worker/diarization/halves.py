"""Is a recording one voice or two? Its windows are split into the two groups that differ most.

Where one voice explains both groups better than two do, it is one. This finds a second voice more surely than
a diarization does, which in doubt has fewer voices.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.groups import OF_PIECES, Groups
from worker.diarization.heard import HeardSlot
from worker.voiceprints.space import VoiceSpace, windows_of

Array = NDArray[np.float64]

LEAST_WINDOWS: Final = 4
"""With fewer, two groups say nothing."""

LEAST_SHARE: Final = 0.2
"""A smaller group is a cough, a laugh or a word from the next room, not a second voice."""

_MOST_ROUNDS: Final = 10


def second_voice_share(space: VoiceSpace, slots: Sequence[HeardSlot]) -> float | None:
    """Share of the speech that is a second voice's, None if there is none."""
    if sum(len(slot.points) for slot in slots) < LEAST_WINDOWS:
        return None
    points = np.concatenate([slot.points for slot in slots]).astype(np.float64)
    counts = [len(slot.points) for slot in slots]
    worth = np.repeat([windows_of(slot.speech_seconds) / len(slot.points) for slot in slots], counts)
    in_second = split(points / np.sqrt(space.of_window), worth)
    weight = np.array([worth[~in_second].sum(), worth[in_second].sum()])
    share = float(weight.min() / weight.sum())
    if share < LEAST_SHARE:
        return None
    means = np.stack([np.average(points[group], 0, worth[group]) for group in (~in_second, in_second)])
    return share if Groups(space, means, weight, OF_PIECES).gains(0)[1] < 0 else None


def split(points: Array, worth: Array) -> NDArray[np.bool_]:
    """Which of ``points`` (num_points, num_dimensions), each of so much ``worth``, are in the second group.

    k-means with two means, started from the sign of the first principal component.
    """
    centred = points - np.average(points, 0, worth)
    in_second = centred @ np.linalg.svd(centred, full_matrices=False)[2][0] > 0
    for _ in range(_MOST_ROUNDS):
        if in_second.all() or not in_second.any():
            break
        means = [np.average(points[group], 0, worth[group]) for group in (~in_second, in_second)]
        first, second = (np.square(points - mean).sum(1) for mean in means)
        if ((second < first) == in_second).all():
            break
        in_second = second < first
    return np.asarray(in_second, np.bool_)
