"""Which slots are the same voice: agglomerative clustering by evidence.

Two groups are joined where their speech is better explained by one voice than by two, that is by the
log likelihood ratio of two-covariance PLDA (`worker.voiceprints.space`). Every group carries its
weight of speech, so that the stop needs no tuning to the length of a recording, and the number of voices
comes by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.heard import HeardSlot
from worker.voiceprints.space import VoiceSpace, windows_of

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

EVIDENCE_SHARE: Final = 0.4
"""Windows of one voice are not independent: each counts as so much of one that would be."""

LEAST_GAIN: Final = -6.0
"""Nats by which one voice may explain two groups worse than two voices do: in doubt there are fewer."""

TOGETHER_PENALTY: Final = 5.0
"""Nats against joining two slots that speak at once within one chunk, for a third of a second or longer."""

SLOTS_AT_ONCE: Final = 600
"""More are clustered in blocks first, so that memory grows with the length and not with its square."""

_TOGETHER_FRAMES: Final = 20


@dataclass(frozen=True)
class Wishes:
    """How many voices there should be, as far as the caller knows."""

    least: int = 1
    most: int | None = None


class Groups:
    """Groups of speech that may be joined, with what each says about its voice."""

    def __init__(self, space: VoiceSpace, points: Array, windows: Array) -> None:
        """``points`` (num_groups, num_dimensions) are means of ``windows`` (num_groups,) windows' worth."""
        self.variance = space.between_voices.astype(np.float64)
        self.weights = EVIDENCE_SHARE * windows[:, None] / space.of_window.astype(np.float64)
        self.sums = self.weights * points
        self.evidence = self._evidence(self.weights, self.sums)

    def gains(self, one: int) -> Array:
        """Nats won by joining group ``one`` with every group, (num_groups,)."""
        joined = self._evidence(self.weights[one] + self.weights, self.sums[one] + self.sums)
        return np.asarray(joined - self.evidence[one] - self.evidence)

    def join(self, one: int, other: int) -> None:
        """``one`` takes in ``other``."""
        self.weights[one] += self.weights[other]
        self.sums[one] += self.sums[other]
        self.evidence[one] = self._evidence(self.weights[one], self.sums[one])

    def _evidence(self, weights: Array, sums: Array) -> Array:
        """Log evidence of groups for a voice each, (…,), but for terms that joining does not change."""
        gained = sums**2 / (weights + 1 / self.variance) - np.log1p(weights * self.variance)
        total: Array = gained.sum(-1) / 2
        return total


def cluster_slots(space: VoiceSpace, slots: Sequence[HeardSlot], wishes: Wishes) -> Labels:
    """A voice's number for each slot, (num_slots,), from 0 without gaps."""
    if not slots:
        return np.zeros(0, np.int64)
    points = np.array([slot.points.mean(0) for slot in slots], np.float64)
    windows = np.array([windows_of(slot.speech_seconds) for slot in slots])
    penalties = together_penalties(slots)
    if len(slots) <= SLOTS_AT_ONCE:
        return agglomerate(Groups(space, points, windows), penalties, wishes)
    labels, found = np.zeros(len(slots), np.int64), 0
    for first in range(0, len(slots), SLOTS_AT_ONCE):
        block = slice(first, first + SLOTS_AT_ONCE)
        near = {
            (a - first, b - first): p
            for (a, b), p in penalties.items()
            if a in range(*block.indices(len(slots)))
        }
        near = {pair: p for pair, p in near.items() if pair[1] < SLOTS_AT_ONCE}
        own = agglomerate(Groups(space, points[block], windows[block]), near, Wishes())
        labels[block] = own + found
        found += int(own.max()) + 1
    weight: Array = np.bincount(labels, windows).astype(np.float64)
    sums = np.zeros((found, points.shape[1]))
    np.add.at(sums, labels, points * windows[:, None])
    return agglomerate(Groups(space, sums / weight[:, None], weight), {}, wishes)[labels]


def together_penalties(slots: Sequence[HeardSlot]) -> dict[tuple[int, int], float]:
    """Nats against joining pairs of slots, which stand in order, that speak at once."""
    penalties = {}
    for first, one in enumerate(slots):
        for second in range(first + 1, len(slots)):
            other = slots[second]
            if other.slot.chunk != one.slot.chunk:
                break
            shared = int((one.slot.active & other.slot.active).sum())
            if shared:
                penalties[first, second] = TOGETHER_PENALTY * min(1.0, shared / _TOGETHER_FRAMES)
    return penalties


def agglomerate(groups: Groups, penalties: dict[tuple[int, int], float], wishes: Wishes) -> Labels:
    """Join groups, the pair with most to gain first, until there is nothing to gain; numbers from 0."""
    number = len(groups.sums)
    penalty = np.zeros((number, number))
    for (one, other), nats in penalties.items():
        penalty[one, other] = penalty[other, one] = nats
    gains = np.array([groups.gains(one) for one in range(number)]) - penalty
    np.fill_diagonal(gains, -np.inf)
    owner = np.arange(number)
    alive = np.ones(number, np.bool_)
    while alive.sum() > max(1, wishes.least):
        one, other = divmod(int(gains.argmax()), number)
        if gains[one, other] < LEAST_GAIN and (wishes.most is None or alive.sum() <= wishes.most):
            break
        groups.join(one, other)
        owner[owner == other], alive[other] = one, False
        penalty[one] += penalty[other]
        penalty[:, one] = penalty[one]
        gains[one] = groups.gains(one) - penalty[one]
        gains[one, ~alive] = gains[one, one] = -np.inf
        gains[:, one] = gains[one]
        gains[other] = gains[:, other] = -np.inf
    return np.unique(owner, return_inverse=True)[1]
