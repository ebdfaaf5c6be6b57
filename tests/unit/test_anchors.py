"""Clustering that knows whom it looks for."""

import numpy as np
import pytest

from tests.unit.slots import heard
from tests.unit.voices import NUM_DIMENSIONS, space, voice
from worker.diarization.anchors import MOST_ANCHORS, Anchors
from worker.diarization.clustering import Wishes, cluster_slots
from worker.diarization.groups import OF_VOICES, Groups

ANN, BOB, EVE = 1, 2, 3
TALK = [heard(chunk, one) for chunk, one in enumerate([ANN, BOB, ANN, EVE, BOB, ANN])]


def anchors(*points: np.ndarray) -> Anchors:
    """Voiceprints as sure as a recording of the same line makes them."""
    rows = np.array(points, np.float64).reshape(-1, NUM_DIMENSIONS)
    return Anchors(rows, np.full_like(rows, 1.0))


def gain(known: Anchors, *points: np.ndarray) -> float:
    """Nats won by joining two groups of a few windows each."""
    groups = known.grouping()(space(), np.array(points, np.float64), np.full(2, 3.0), OF_VOICES)
    return float(groups.gains(0)[1])


TWINS = [voice(ANN).astype(np.float64), voice(ANN) + 4.0]


def test_two_enrolled_voices_that_are_alike_are_held_apart() -> None:
    assert gain(anchors(*TWINS), *TWINS) < gain(anchors(), *TWINS) - 10


def test_pieces_of_one_enrolled_voice_are_joined_more_readily() -> None:
    pieces = [TWINS[0] - 0.5, TWINS[0] + 0.5]
    assert gain(anchors(TWINS[0]), *pieces) > gain(anchors(), *pieces)


def test_strangers_are_joined_as_if_nobody_were_enrolled() -> None:
    strangers = [voice(EVE) - 0.5, voice(EVE) + 0.5]
    known, unknown = gain(anchors(voice(ANN), voice(BOB)), *strangers), gain(anchors(), *strangers)
    # Each of the three evidences pays for the possibility that it was an enrolled voice.
    assert known - unknown == pytest.approx(np.log(2), abs=0.01)


def test_voices_are_found_as_without_voiceprints() -> None:
    labels = cluster_slots(space(), TALK, Wishes(), anchors(voice(ANN), voice(BOB)).grouping())
    assert labels.tolist() == cluster_slots(space(), TALK, Wishes()).tolist()


def test_an_empty_gallery_leaves_the_clustering_plain() -> None:
    assert anchors().grouping() is Groups


def test_of_a_large_gallery_the_nearest_are_looked_at() -> None:
    many = anchors(*(voice(number) for number in range(200)))
    near = many.near(space(), np.array([voice(ANN), voice(150)]), np.ones(2))
    assert len(near.points) <= MOST_ANCHORS
    assert all((near.points == voice(number)).all(1).any() for number in (ANN, 150))
