"""Whose voice is it?"""

import numpy as np
import pytest

from shared.domain import StrangerReason
from worker.voiceprints.matching import Gallery, Match, Voiceprint, combine, settle_claims

X, Y = np.eye(2, dtype=np.float32)
GALLERY = Gallery([Voiceprint("ann", X), Voiceprint("bob", Y)])
NEAR_BOB = np.array([0.6, 0.8], np.float32)


def test_the_nearest_voiceprint_gives_the_name() -> None:
    assert GALLERY.match(NEAR_BOB, 0.7).speaker_id == "bob"


def test_a_voice_below_the_threshold_has_no_name() -> None:
    assert GALLERY.match(NEAR_BOB, 0.9).speaker_id is None


def test_a_voice_without_a_name_still_has_a_nearest_voiceprint() -> None:
    assert GALLERY.match(NEAR_BOB, 0.9).nearest_id == "bob"


def test_a_score_at_the_threshold_is_enough() -> None:
    assert GALLERY.match(Y, 1.0).speaker_id == "bob"


def test_the_score_is_the_cosine() -> None:
    assert GALLERY.match(NEAR_BOB, 0.7).cosine_score == pytest.approx(0.8)


def test_nobody_is_found_among_no_voiceprints() -> None:
    assert Gallery([]).match(X, 0.0) == Match(None, -1.0, None, StrangerReason.BELOW_THRESHOLD)


def test_a_named_voice_has_no_reason() -> None:
    assert GALLERY.match(NEAR_BOB, 0.7).reason is None


def test_a_voice_below_the_threshold_says_so() -> None:
    assert GALLERY.match(NEAR_BOB, 0.9).reason is StrangerReason.BELOW_THRESHOLD


def test_the_candidates_are_the_nearest_first() -> None:
    candidates = GALLERY.match(NEAR_BOB, 0.9).candidates
    assert [candidate.speaker_id for candidate in candidates] == ["bob", "ann"]


def test_there_are_at_most_three_candidates() -> None:
    gallery = Gallery([Voiceprint(str(number), X) for number in range(5)])
    assert len(gallery.match(X, 0.7).candidates) == 3


def test_a_combined_voiceprint_is_a_unit_vector() -> None:
    assert np.linalg.norm(combine([X, Y, NEAR_BOB], [3, 4, 5])) == pytest.approx(1.0)


def test_samples_count_by_their_seconds_of_speech() -> None:
    assert combine([X, Y], [3.0, 4.0]) == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("seconds", [[], [0.0]])
def test_nothing_cannot_be_combined(seconds: list[float]) -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        combine([X] * len(seconds), seconds)


def test_a_voice_far_below_the_best_claim_to_a_name_stays_a_stranger() -> None:
    matches = {"A": Match("alice", 0.99, "alice"), "B": Match("alice", 0.85, "alice")}
    assert settle_claims(matches, 0.12)["B"].speaker_id is None


def test_a_voice_that_loses_its_name_to_another_is_ambiguous() -> None:
    matches = {"A": Match("alice", 0.99, "alice"), "B": Match("alice", 0.85, "alice")}
    assert settle_claims(matches, 0.12)["B"].reason is StrangerReason.AMBIGUOUS


def test_a_stranger_keeps_his_own_reason() -> None:
    matches = {"A": Match("alice", 0.99, "alice"), "B": Match(None, 0.3, "alice", StrangerReason.TOO_SHORT)}
    assert settle_claims(matches, 0.12)["B"].reason is StrangerReason.TOO_SHORT


def test_pieces_of_one_voice_share_its_name() -> None:
    matches = {"A": Match("alice", 0.99, "alice"), "B": Match("alice", 0.90, "alice")}
    assert {match.speaker_id for match in settle_claims(matches, 0.12).values()} == {"alice"}


def test_voices_with_different_names_do_not_rival() -> None:
    matches = {"A": Match("alice", 0.99, "alice"), "B": Match("bob", 0.75, "bob")}
    assert settle_claims(matches, 0.12) == matches
