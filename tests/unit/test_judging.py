"""Enrolled voices that sound too little, or too much, alike."""

import numpy as np
import pytest

from shared.domain import Line
from shared.review import WarningCode
from tests.unit.galleries import ANN, BOB, CALIBRATION, SCORER
from tests.unit.voices import windows
from worker.voiceprints.judging import Judge
from worker.voiceprints.likeness import EnrolledVoice, joined, nearest

CID = 3
JUDGE = Judge(SCORER, CALIBRATION, 0.01)


def sample(number: int, seed: int = 0, line: Line = Line.WIDEBAND, only: bool = False) -> EnrolledVoice:
    """Thirteen seconds of a voice, with an exemplar of every line, or only of its own."""
    point = windows(number, 8, seed).mean(0)
    rows = [point if one is line or not only else np.full_like(point, np.nan) for one in Line]
    return EnrolledVoice(f"voice{number}", np.array(rows, np.float32), 8, line)


def codes(new: EnrolledVoice, earlier: list[EnrolledVoice], others: list[EnrolledVoice]) -> list[WarningCode]:
    return [warning.code for warning in JUDGE.warnings(new, earlier, others)]


# Warnings


def test_the_first_sample_of_a_new_voice_is_not_odd() -> None:
    assert codes(sample(ANN), [], []) == []


def test_a_second_sample_of_the_same_voice_is_not_odd() -> None:
    assert codes(sample(ANN, seed=2), [sample(ANN)], [sample(BOB)]) == []


def test_a_sample_of_another_voice_disagrees_with_the_earlier_ones() -> None:
    assert codes(sample(BOB), [sample(ANN)], []) == [WarningCode.DISAGREES_WITH_EARLIER]


def test_an_enrolled_voice_under_a_new_name_sounds_like_another() -> None:
    (warning,) = JUDGE.warnings(sample(BOB, seed=2), [], [sample(ANN), sample(BOB)])
    assert (warning.code, warning.speaker_id) == (WarningCode.SOUNDS_LIKE_ANOTHER, f"voice{BOB}")


def test_a_swapped_sample_is_odd_in_both_ways() -> None:
    found = codes(sample(BOB, seed=2), [sample(ANN)], [sample(BOB)])
    assert found == [WarningCode.DISAGREES_WITH_EARLIER, WarningCode.SOUNDS_LIKE_ANOTHER]


def test_a_voice_that_is_enrolled_many_times_is_named_a_few_times() -> None:
    same = [sample(BOB, seed=seed) for seed in range(2, 8)]
    assert len(codes(sample(BOB), [], same)) == 3


def test_a_stricter_target_warns_of_less() -> None:
    near = EnrolledVoice(
        "near", (sample(ANN).exemplars + 0.25 * sample(BOB).exemplars) / 1.25, 8, Line.WIDEBAND
    )
    counts = [
        len(Judge(SCORER, CALIBRATION, target).warnings(near, [], [sample(ANN)])) for target in (0.5, 1e-30)
    ]
    assert counts == [1, 0]


# Agreement


def test_an_only_sample_agrees_with_nothing() -> None:
    assert JUDGE.agreement(sample(ANN), []) is None


def test_samples_of_one_voice_agree() -> None:
    found = JUDGE.agreement(sample(ANN), [sample(ANN, seed=2)])
    assert found
    assert found.confidence > 0.9


def test_the_sample_of_somebody_else_agrees_least() -> None:
    samples = [sample(ANN), sample(BOB), sample(ANN, seed=2), sample(ANN, seed=3)]
    found = [
        JUDGE.agreement(one, samples[:place] + samples[place + 1 :]) for place, one in enumerate(samples)
    ]
    scores = [one.score for one in found if one]
    assert int(np.argmin(scores)) == 1


# Resemblance


def test_different_voices_are_not_confusable() -> None:
    assert JUDGE.resemblances(sample(ANN), [sample(BOB), sample(CID)]) == []


def test_one_voice_under_two_names_is_confusable() -> None:
    (found,) = JUDGE.resemblances(sample(ANN), [sample(ANN, seed=2), sample(CID)])
    assert found.speaker_id == f"voice{ANN}"


def test_no_stranger_sounds_as_much_alike_as_one_voice() -> None:
    (found,) = JUDGE.resemblances(sample(ANN), [sample(ANN, seed=2)])
    assert found.false_accept_probability <= 0.01


def test_it_does_not_matter_which_of_two_is_asked_about() -> None:
    one, other = sample(ANN), sample(ANN, seed=2, line=Line.NOISY)
    found = [JUDGE.resemblances(*pair)[0].score for pair in ((one, [other]), (other, [one]))]
    assert found[0] == pytest.approx(found[1])


# Lines


def moved(voice: EnrolledVoice, line: Line) -> EnrolledVoice:
    """The voice, as somebody else would sound on one line."""
    exemplars = voice.exemplars.copy()
    exemplars[list(Line).index(line)] += 50
    return EnrolledVoice(voice.speaker_id, exemplars, voice.windows, voice.line)


@pytest.mark.parametrize(
    ("one", "other", "compared"),
    [
        (Line.WIDEBAND, Line.WIDEBAND, Line.WIDEBAND),
        (Line.WIDEBAND, Line.NOISY, Line.NOISY),
        (Line.NOISY, Line.TELEPHONE, Line.TELEPHONE),
    ],
)
def test_voices_are_compared_over_the_worse_of_their_lines(one: Line, other: Line, compared: Line) -> None:
    known, new = sample(ANN, line=one), sample(ANN, seed=2, line=other)
    alike = {line: bool(JUDGE.resemblances(moved(new, line), [known])) for line in Line}
    assert alike == {line: line is not compared for line in Line}


def test_voices_that_share_no_line_are_compared_all_the_same() -> None:
    wideband, telephone = sample(ANN, only=True), sample(ANN, 2, Line.TELEPHONE, only=True)
    assert np.isfinite(nearest(SCORER, wideband, [telephone])[0].score)


def test_of_voices_on_several_lines_the_nearest_is_found() -> None:
    others = [sample(BOB, line=Line.TELEPHONE, only=True), sample(ANN, 2), sample(CID, line=Line.NOISY)]
    assert nearest(SCORER, sample(ANN), others)[0].speaker_id == f"voice{ANN}"


def test_joined_samples_have_the_lines_of_all() -> None:
    whole = joined([sample(ANN, only=True), sample(ANN, 2, Line.TELEPHONE, only=True)])
    assert whole.lines == (Line.WIDEBAND, Line.TELEPHONE)


def test_joined_samples_have_the_speech_of_all() -> None:
    assert joined([sample(ANN), sample(ANN, 2)]).windows == 16
