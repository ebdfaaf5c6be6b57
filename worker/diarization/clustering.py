"""Which slots are the same voice: agglomerative clustering by evidence.

Two groups are joined where their speech is better explained by one voice than by two, that is by the
log likelihood ratio of two-covariance PLDA (`worker.voiceprints.space`). Every group carries its
weight of speech, so that the stop needs no tuning to the length of a recording, and the number of voices
comes by itself. First slots are joined to pieces that are surely one voice each; then every slot goes to the
piece it fits best, since the first joints are made on little speech; then pieces are joined to voices.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.heard import HeardSlot
from worker.diarization.slots import Mask
from worker.voiceprints.space import VoiceSpace, windows_of

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Penalties = Mapping[tuple[int, int], float]
"""Nats against joining two groups, by their numbers, the smaller first."""


@dataclass(frozen=True)
class Measure:
    """How evidence is weighed.

    Windows of one voice are not independent: each counts as ``evidence_share`` of one that would be. One
    voice must explain two groups by ``least_gain`` nats better than two voices do, of which the price of
    another voice (Occam's factor) counts by ``occam_share``.
    """

    evidence_share: float
    occam_share: float
    least_gain: float


OF_PIECES: Final = Measure(evidence_share=0.4, occam_share=1.0, least_gain=20.0)
OF_VOICES: Final = Measure(evidence_share=0.25, occam_share=0.5, least_gain=-14.0)

TOGETHER_PENALTY: Final = 8.0
"""Nats against joining two slots that speak at once within one chunk, for a third of a second or longer."""

APART_PENALTY: Final = 20.0
"""Nats against joining two slots of one chunk that each speak alone for a second or longer.

The segmentation network heard two voices there; in a short recording that is the best there is to go by.
"""

SLOTS_AT_ONCE: Final = 600
"""More are joined to pieces in blocks, so that memory grows with the length and not with its square."""

_TOGETHER_FRAMES: Final = 20
_ALONE_FRAMES: Final = 59
_MOST_ROUNDS: Final = 4


@dataclass(frozen=True)
class Wishes:
    """How many voices there should be, as far as the caller knows."""

    least: int = 1
    most: int | None = None


class Groups:
    """Groups of speech that may be joined, with what each says about its voice."""

    def __init__(self, space: VoiceSpace, points: Array, windows: Array, measure: Measure) -> None:
        """``points`` (num_groups, num_dimensions) are means of ``windows`` (num_groups,) windows' worth."""
        self.measure = measure
        self.variance = space.between_voices.astype(np.float64)
        self.weights = measure.evidence_share * windows[:, None] / space.of_window.astype(np.float64)
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
        price = self.measure.occam_share * np.log1p(weights * self.variance)
        total: Array = (sums**2 / (weights + 1 / self.variance) - price).sum(-1) / 2
        return total


Grouping = Callable[[VoiceSpace, Array, Array, Measure], Groups]
"""Makes groups of points (num_groups, num_dimensions), windows' worth (num_groups,) and a measure."""


def cluster_slots(
    space: VoiceSpace, slots: Sequence[HeardSlot], wishes: Wishes, grouping: Grouping = Groups
) -> Labels:
    """A voice's number for each slot, (num_slots,), from 0 without gaps; ``grouping`` joins the pieces."""
    if not slots:
        return np.zeros(0, np.int64)
    points = np.array([slot.points.mean(0) for slot in slots], np.float64)
    windows = np.array([windows_of(slot.speech_seconds) for slot in slots])
    apart = chunk_penalties(slots)
    pieces = np.zeros(len(slots), np.int64)
    for first in range(0, len(slots), SLOTS_AT_ONCE):
        block = np.arange(first, min(first + SLOTS_AT_ONCE, len(slots)))
        near = {
            (a - first, b - first): nats for (a, b), nats in apart.items() if {a, b} <= set(block.tolist())
        }
        groups = Groups(space, points[block], windows[block], OF_PIECES)
        own = agglomerate(groups, near, Wishes(least=wishes.least))
        own = _reassigned(space, points[block], windows[block], own, wishes)
        pieces[block] = own + (pieces.max() + 1 if first else 0)
    weight, sums = np.bincount(pieces, windows), np.zeros((pieces.max() + 1, points.shape[1]))
    np.add.at(sums, pieces, points * windows[:, None])
    groups = grouping(space, sums / weight[:, None], weight.astype(np.float64), OF_VOICES)
    return agglomerate(groups, _between(pieces, apart), wishes)[pieces]


def _reassigned(space: VoiceSpace, points: Array, windows: Array, labels: Labels, wishes: Wishes) -> Labels:
    """Every slot with the piece it is likeliest of, until none changes; a piece may lose all its slots."""
    weights = OF_PIECES.evidence_share * windows[:, None] / space.of_window
    for _ in range(_MOST_ROUNDS):
        precision = np.repeat(1 / space.between_voices[None].astype(np.float64), labels.max() + 1, axis=0)
        sums = np.zeros_like(precision)
        np.add.at(precision, labels, weights)
        np.add.at(sums, labels, weights * points)
        distances = [
            (weights * ((points - mean) ** 2 + spread)).sum(1)
            for mean, spread in zip(sums / precision, 1 / precision, strict=True)
        ]
        moved = np.unique(np.argmin(distances, axis=0), return_inverse=True)[1]
        if moved.max() + 1 < min(wishes.least, labels.max() + 1) or (moved == labels).all():
            break
        labels = moved
    return labels


def _between(pieces: Labels, apart: Penalties) -> dict[tuple[int, int], float]:
    """Penalties of slots added up over the pieces that they are in."""
    penalties: dict[tuple[int, int], float] = {}
    for (one, other), nats in apart.items():
        low, high = sorted((int(pieces[one]), int(pieces[other])))
        if low != high:
            penalties[low, high] = penalties.get((low, high), 0.0) + nats
    return penalties


def chunk_penalties(slots: Sequence[HeardSlot]) -> dict[tuple[int, int], float]:
    """Nats against joining pairs of slots, which stand in order, that are of one chunk."""
    penalties = {}
    for first, one in enumerate(slots):
        for second in range(first + 1, len(slots)):
            if slots[second].slot.chunk != one.slot.chunk:
                break
            if nats := _penalty(one.slot.active, slots[second].slot.active):
                penalties[first, second] = nats
    return penalties


def _penalty(one: Mask, other: Mask) -> float:
    together = int((one & other).sum())
    alone = min(int((one & ~other).sum()), int((other & ~one).sum()))
    return TOGETHER_PENALTY * min(1.0, together / _TOGETHER_FRAMES) + APART_PENALTY * min(
        1.0, alone / _ALONE_FRAMES
    )


def agglomerate(groups: Groups, penalties: Penalties, wishes: Wishes) -> Labels:
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
        if gains[one, other] < groups.measure.least_gain and (
            wishes.most is None or alive.sum() <= wishes.most
        ):
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
