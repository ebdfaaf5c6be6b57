"""Which slots are the same voice: agglomerative clustering by evidence.

Two groups are joined where their speech is better explained by one voice than by two, that is by the
log likelihood ratio of two-covariance PLDA (`worker.diarization.groups`). Every group carries its weight of
speech, so that the number of voices comes by itself. First slots are joined to pieces that are surely one
voice each; then every slot goes to the piece it fits best, since the first joints are made on little speech;
then pieces are joined to voices. In long recordings, short slots are left out of that, and then go to the
voice they fit best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.diarization.groups import OF_PIECES, OF_VOICES, Grouping, Groups
from worker.diarization.heard import HeardSlot
from worker.diarization.placing import voice_models
from worker.diarization.slots import Mask
from worker.voiceprints.space import VoiceSpace, windows_of

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Penalties = Mapping[tuple[int, int], float]
"""Nats against joining two groups, by their numbers, the smaller first."""


TOGETHER_PENALTY: Final = 8.0
"""Nats against joining two slots that speak at once within one chunk, for a third of a second or longer."""

APART_PENALTY: Final = 20.0
"""Nats against joining two slots of one chunk that each speak alone for a second or longer.

The segmentation network heard two voices there; in a short recording that is the best there is to go by.
"""

LONG_SECONDS: Final = 300.0
FOUNDING_SECONDS: Final = 2.0
"""Where slots tell more than LONG_SECONDS in all, one that tells for less than this founds no voice.

Those are edges of turns and speech through somebody else's. They sound like a voice of their own, and the
more often the like of it is heard, the surer. In a short recording they may be all that somebody says.
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


def cluster_slots(
    space: VoiceSpace, slots: Sequence[HeardSlot], wishes: Wishes, grouping: Grouping = Groups
) -> Labels:
    """A voice's number for each slot, (num_slots,), from 0 without gaps; ``grouping`` joins the pieces."""
    labels = np.zeros(len(slots), np.int64)
    founds = _founds(slots, wishes)
    founders = [slot for slot, does in zip(slots, founds, strict=True) if does]
    if not founders:
        return labels
    labels[founds] = found = _voices(space, founders, wishes, grouping)
    windows = [np.full(len(slot.points), voice) for slot, voice in zip(founders, found, strict=True)]
    models = voice_models(space, founders, windows)
    for place in np.flatnonzero(~founds).tolist():
        distance = (slots[place].points.mean(0) - models) ** 2 / space.of_window
        labels[place] = distance.sum(1).argmin()
    return labels


def _founds(slots: Sequence[HeardSlot], wishes: Wishes) -> Mask:
    """Which slots voices are found by, (num_slots,); the others go to the nearest of them."""
    seconds = np.array([slot.speech_seconds for slot in slots])
    enough = seconds >= FOUNDING_SECONDS
    is_short = seconds.sum() < LONG_SECONDS or enough.sum() < max(1, wishes.least)
    return np.full(len(slots), True) if is_short else enough


def _voices(space: VoiceSpace, slots: Sequence[HeardSlot], wishes: Wishes, grouping: Grouping) -> Labels:
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
    number = len(groups)
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
