"""Strangers who were heard before are known again, as surely as names are given."""

from typing import Any

import numpy as np

from shared.domain import Line
from shared.store.heard_voices import KeptVoice
from tests.unit.galleries import CALIBRATION, SCORER
from tests.unit.voices import windows
from worker.voiceprints.matching import Decision
from worker.voiceprints.strangers import LEAST_WINDOWS, Strangers

SUE, TOM = 7, 8
STRANGERS = Strangers(SCORER, CALIBRATION, Decision(0.01, margin=1.0))


def heard(label: str, number: int, seed: int = 0, **other: Any) -> KeptVoice:
    point = windows(number, 8, seed).mean(0).astype(np.float32)
    return KeptVoice(
        **{"job_id": "j", "label": label, "point": point, "windows": 8.0, "line": Line.WIDEBAND} | other
    )


EARLIER = [
    heard("speaker1", SUE, seed=1, stranger="stranger-sue"),
    heard("speaker2", TOM, 1, stranger="stranger-tom"),
]


def test_a_stranger_is_known_again() -> None:
    assert STRANGERS.known([heard("speaker1", SUE)], EARLIER) == {"speaker1": "stranger-sue"}


def test_who_was_not_heard_before_is_not() -> None:
    assert STRANGERS.known([heard("speaker1", 9)], EARLIER) == {}


def test_without_anybody_to_know_nobody_is() -> None:
    assert STRANGERS.known([heard("speaker1", SUE)], []) == {}


def test_two_voices_of_a_recording_are_not_one_stranger() -> None:
    voices = [heard("speaker1", SUE, seed=2), heard("speaker2", SUE, seed=3)]
    assert len(STRANGERS.known(voices, EARLIER)) == 1


def test_the_surer_of_two_voices_has_the_label() -> None:
    far = heard("speaker1", SUE, seed=2)
    voices = [heard("speaker1", SUE, point=far.point + 2), heard("speaker2", SUE, seed=3)]
    assert STRANGERS.known(voices, EARLIER) == {"speaker2": "stranger-sue"}


def test_who_says_too_little_is_not_known_again() -> None:
    assert STRANGERS.known([heard("speaker1", SUE, windows=LEAST_WINDOWS - 0.1)], EARLIER) == {}


def test_a_voice_between_two_strangers_is_neither() -> None:
    between = (EARLIER[0].point + EARLIER[1].point) / 2
    assert STRANGERS.known([heard("speaker1", SUE, point=between)], EARLIER) == {}


def test_all_recordings_of_a_stranger_tell_who_it_is() -> None:
    earlier = [heard("speaker1", SUE, seed, stranger="stranger-sue", job_id=f"j{seed}") for seed in (1, 2, 3)]
    assert STRANGERS.known([heard("speaker1", SUE, seed=4)], earlier) == {"speaker1": "stranger-sue"}


def test_a_stranger_is_known_again_over_another_line() -> None:
    assert STRANGERS.known([heard("speaker1", SUE, line=Line.TELEPHONE)], EARLIER) == {
        "speaker1": "stranger-sue"
    }
