"""Which speech tells a voice."""

import numpy as np

from worker.diarization.turns import total_seconds
from worker.voiceprints.speech import MOST_SPEECH_SECONDS, longest, speech_samples

RATE = 16_000
RAMP = np.arange(10 * RATE, dtype=np.float32)


def test_the_speech_of_all_spans_is_joined_in_order() -> None:
    joined = speech_samples(RAMP, [(1.0, 3.0), (5.0, 6.0)])
    assert joined.tolist() == [*RAMP[RATE : 3 * RATE], *RAMP[5 * RATE : 6 * RATE]]


def test_no_spans_hold_no_speech() -> None:
    assert speech_samples(RAMP, []).size == 0


def test_spans_beyond_the_recording_do_not_count() -> None:
    assert speech_samples(RAMP, [(9.5, 20.0)]).size == RATE // 2


def test_of_very_much_speech_only_the_longest_spans_are_taken() -> None:
    assert total_seconds(longest([(0.0, 100.0), (110.0, 290.0)])) == MOST_SPEECH_SECONDS


def test_the_longest_spans_stand_in_order() -> None:
    assert longest([(5.0, 9.0), (0.0, 1.0)]) == [(0.0, 1.0), (5.0, 9.0)]
