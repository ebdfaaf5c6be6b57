"""Whose voice is it?"""

import numpy as np
import pytest

from shared.domain import Line, StrangerReason
from tests.unit.galleries import ANN, BOB, CALIBRATION, gallery, voiceprint
from tests.unit.voices import windows
from worker.voiceprints.matching import (
    NO_MATCH,
    RIVAL_MARGIN,
    Decision,
    Match,
    settle_claims,
)
from worker.voiceprints.voiceprint import combine

ONE_PERCENT = Decision(0.01)
BOTH = gallery(voiceprint("ann", ANN), voiceprint("bob", BOB))
BOBS_VOICE = windows(BOB, 6, seed=4).mean(0)
STRANGERS_VOICE = windows(7, 6).mean(0)
BETWEEN = (windows(ANN, 6, seed=4).mean(0) + BOBS_VOICE) / 2


def test_a_voice_is_named_after_its_voiceprint() -> None:
    assert BOTH.match(BOBS_VOICE, 4, ONE_PERCENT).speaker_id == "bob"


def test_a_named_voice_has_no_reason() -> None:
    assert BOTH.match(BOBS_VOICE, 4, ONE_PERCENT).reason is None


def test_a_name_is_confident() -> None:
    assert (BOTH.match(BOBS_VOICE, 4, ONE_PERCENT).confidence or 0) > 0.9


def test_a_strangers_voice_has_no_name() -> None:
    match = BOTH.match(STRANGERS_VOICE, 4, ONE_PERCENT)
    assert (match.speaker_id, match.reason) == (None, StrangerReason.BELOW_THRESHOLD)


def test_a_stranger_who_sounds_like_nobody_is_confidently_one() -> None:
    assert (BOTH.match(STRANGERS_VOICE, 4, ONE_PERCENT).confidence or 0) > 0.9


def test_a_refusal_is_as_sure_as_the_voice_is_a_strangers() -> None:
    match = BOTH.match(BETWEEN, 4, Decision(0.01, least_score=1000))
    assert match.confidence == CALIBRATION.stranger_confidence(match.score or 0, 4, 2)
    assert match.confidence < 1 - CALIBRATION.confidence(match.score or 0, 4, 2)


def test_a_further_reason_leaves_a_refusal_as_sure() -> None:
    match = BOTH.match(STRANGERS_VOICE, 4, ONE_PERCENT)
    assert match.unnamed(StrangerReason.TOO_SHORT).confidence == match.confidence


def test_the_candidates_are_the_nearest_first() -> None:
    candidates = BOTH.match(BOBS_VOICE, 4, ONE_PERCENT).candidates
    assert [candidate.speaker_id for candidate in candidates] == ["bob", "ann"]


def test_there_are_at_most_three_candidates() -> None:
    many = gallery(*(voiceprint(str(number), number) for number in range(1, 6)))
    assert len(many.match(BOBS_VOICE, 4, ONE_PERCENT).candidates) == 3


def test_nobody_is_found_among_no_voiceprints() -> None:
    assert gallery().match(BOBS_VOICE, 4, ONE_PERCENT) == NO_MATCH


def test_a_least_score_decides_instead_of_the_rate() -> None:
    assert BOTH.match(BOBS_VOICE, 4, Decision(0.01, least_score=1000)).speaker_id is None


def test_a_voice_between_two_speakers_is_ambiguous() -> None:
    match = BOTH.match(BETWEEN, 4, Decision(0.5, least_score=-1000, margin=1000))
    assert (match.speaker_id, match.reason) == (None, StrangerReason.AMBIGUOUS)


def test_a_voice_is_compared_on_its_own_line() -> None:
    on_telephone = gallery(voiceprint("bob", BOB), line=Line.TELEPHONE)
    assert on_telephone.match(BOBS_VOICE, 4, ONE_PERCENT).candidates[0].exemplar is Line.TELEPHONE


def test_where_there_is_no_exemplar_of_a_line_another_serves() -> None:
    other = gallery(voiceprint("bob", BOB, (Line.TELEPHONE,)))
    match = other.match(BOBS_VOICE, 4, ONE_PERCENT)
    assert (match.speaker_id, match.candidates[0].exemplar) == ("bob", Line.TELEPHONE)


def test_an_exemplar_of_another_line_scores_less() -> None:
    own, other = (gallery(voiceprint("bob", BOB, (line,))) for line in (Line.WIDEBAND, Line.TELEPHONE))
    assert (other.match(BOBS_VOICE, 4, ONE_PERCENT).score or 0) < (
        own.match(BOBS_VOICE, 4, ONE_PERCENT).score or 0
    )


def exemplars(*rows: float) -> np.ndarray:
    return np.repeat(np.array(rows, np.float32)[:, None], 4, axis=1)


def test_samples_count_by_their_speech() -> None:
    assert combine([exemplars(0, 0, 0), exemplars(4, 4, 4)], [1, 3]) == pytest.approx(exemplars(3, 3, 3))


def test_a_sample_without_a_line_does_not_count_for_it() -> None:
    combined = combine([exemplars(1, np.nan, 1), exemplars(3, 5, 3)], [1, 1])
    assert combined == pytest.approx(exemplars(2, 5, 2))


def test_a_line_that_no_sample_has_stays_unknown() -> None:
    assert np.isnan(combine([exemplars(1, np.nan, 1)], [1])[1]).all()


def test_nothing_cannot_be_combined() -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        combine([], [])


def claims(second_score: float, second_windows: float = 8.0) -> dict[str, Match]:
    second = Match("alice", second_score, second_windows, 0.9, stranger_confidence=0.1)
    return {"A": Match("alice", 30.0, 8.0, 0.99), "B": second}


def test_a_voice_far_below_the_best_claim_to_a_name_is_ambiguous() -> None:
    settled = settle_claims(claims(30 - RIVAL_MARGIN - 1), exclusive=False)["B"]
    assert (settled.speaker_id, settled.reason) == (None, StrangerReason.AMBIGUOUS)


def test_pieces_of_one_voice_share_its_name() -> None:
    settled = settle_claims(claims(30 - RIVAL_MARGIN + 1), exclusive=False)
    assert {match.speaker_id for match in settled.values()} == {"alice"}


def test_a_few_words_may_score_less_and_keep_the_name() -> None:
    settled = settle_claims(claims(30 - RIVAL_MARGIN - 1, second_windows=1.5), exclusive=False)
    assert settled["B"].speaker_id == "alice"


def test_the_best_claim_is_the_one_that_says_most_for_its_length() -> None:
    settled = settle_claims(claims(28, second_windows=3), exclusive=True)
    assert [settled[voice].speaker_id for voice in "AB"] == [None, "alice"]


def test_an_exclusive_name_goes_to_the_best_claim_alone() -> None:
    settled = settle_claims(claims(29), exclusive=True)
    assert [settled[voice].speaker_id for voice in "AB"] == ["alice", None]


def test_a_stranger_keeps_his_own_reason() -> None:
    matches = claims(29) | {"C": Match(None, 1.0, 8.0, 0.9, StrangerReason.TOO_SHORT)}
    assert settle_claims(matches, exclusive=False)["C"].reason is StrangerReason.TOO_SHORT


def test_voices_with_different_names_do_not_rival() -> None:
    matches = {"A": Match("alice", 50.0, 8.0, 0.99), "B": Match("bob", 12.0, 8.0, 0.9)}
    assert settle_claims(matches, exclusive=True) == matches


def test_a_name_that_is_taken_away_leaves_the_doubt() -> None:
    assert settle_claims(claims(5), exclusive=False)["B"].confidence == pytest.approx(0.1)
