"""Is a recording one voice or several?

Its windows are split into the two groups that differ most. Where that leaves a doubt, which is dearer to
settle, the turns of its diarization tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.turns import Turn, solo_spans, total_seconds
from worker.voiceprints.embedding import Embeds, embed_speech

Vectors = NDArray[np.float32]

LEAST_WINDOWS: Final = 4
"""With fewer, two groups say nothing."""

LEAST_SHARE: Final = 0.2
"""A smaller group is a cough, a laugh or a slammed door, not a second voice."""

ONE_VOICE_COSINE: Final = 0.86
"""Two halves of much speech of one voice are nearer than this; those of two voices mostly 0.5 to 0.8."""

NOISE_OF_ONE_WINDOW: Final = 0.5
"""A group's mean is the less exact the fewer windows are in it, so short recordings are allowed more."""

DOUBT: Final = 0.06
"""So much nearer than the limit may still be two voices that one telephone line makes alike."""

LEAST_SHARE_OF_TURNS: Final = 0.25
ONE_VOICE_COSINE_OF_TURNS: Final = 0.855
"""Clusters of one voice that are this long are nearer (0.86 and more), those of two voices mostly not."""

_MOST_ROUNDS: Final = 10


@dataclass(frozen=True)
class Halves:
    """The two groups: cosine of their means, and the smaller group's share of the windows."""

    cosine: float
    smaller_share: float
    num_windows: int

    @property
    def are_two_voices(self) -> bool:
        """Whether the groups are further apart than pieces of one voice."""
        return self.smaller_share >= LEAST_SHARE and self.cosine < self._limit

    @property
    def are_doubtful(self) -> bool:
        """Whether the groups may be two voices, or not."""
        return not self.are_two_voices and self.cosine < self._limit + DOUBT

    @property
    def _limit(self) -> float:
        return ONE_VOICE_COSINE - NOISE_OF_ONE_WINDOW / self.num_windows


def split(windows: Vectors) -> Halves | None:
    """Two groups of ``windows`` (num_windows, dimension), unit vectors; None when there are too few.

    Spherical k-means (I. Dhillon and D. Modha, "Concept decompositions for large sparse text data using
    clustering", 2001) with two means, started from the sign of the first principal component.
    """
    if len(windows) < LEAST_WINDOWS:
        return None
    centred = windows - windows.mean(0)
    in_second = centred @ np.linalg.svd(centred, full_matrices=False)[2][0] > 0
    for _ in range(_MOST_ROUNDS):
        first, second = _means(windows, in_second)
        moved = windows @ second > windows @ first
        if moved.all() or not moved.any() or (moved == in_second).all():
            break
        in_second = moved
    first, second = _means(windows, in_second)
    share = float(in_second.mean())
    return Halves(float(first @ second), min(share, 1 - share), len(windows))


def second_voice_share(embedder: Embeds, samples: NDArray[np.float32], turns: Sequence[Turn]) -> float | None:
    """Share of the speech of ``samples`` (num_samples,) that is a second voice's, None if there is none."""
    spans = {cluster: solo_spans(turns, cluster) for cluster in {turn.cluster for turn in turns}}
    seconds = {cluster: total_seconds(own) for cluster, own in spans.items()}
    longest = sorted(seconds, key=lambda cluster: seconds[cluster])[-2:]
    vectors = [embed_speech(embedder, samples, spans[cluster]) for cluster in longest]
    if len(vectors) < 2 or vectors[0] is None or vectors[1] is None:  # noqa: PLR2004
        return None
    share = seconds[longest[0]] / sum(seconds.values())
    alike = float(vectors[0] @ vectors[1]) >= ONE_VOICE_COSINE_OF_TURNS
    return None if alike or share < LEAST_SHARE_OF_TURNS else share


def _means(windows: Vectors, in_second: NDArray[np.bool_]) -> tuple[Vectors, Vectors]:
    groups = windows[~in_second], windows[in_second]
    first, second = (group.mean(0) if len(group) else windows.mean(0) for group in groups)
    return first / np.linalg.norm(first), second / np.linalg.norm(second)
