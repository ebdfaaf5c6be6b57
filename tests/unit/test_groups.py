"""What joining groups of speech gains."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.voices import space, voice
from worker.diarization.groups import OF_VOICES, Groups, Measure

ANN = 1


def groups(windows: float, apart: float = 1.0, measure: Measure = OF_VOICES) -> Groups:
    """Three groups of so many windows each; the second differs from the first by so much, the third more."""
    points = np.stack([voice(ANN) + apart * place for place in (0, 1, 2)]).astype(np.float64)
    return Groups(space(), points, np.full(3, windows), measure)


def test_speech_beyond_the_most_windows_tells_no_more() -> None:
    most = OF_VOICES.most_windows
    assert groups(100 * most).gains(0) == pytest.approx(groups(most).gains(0))
    assert groups(most / 2).gains(0)[1] != pytest.approx(groups(most).gains(0)[1])


def test_voices_of_an_hour_are_joined_where_those_of_a_minute_are() -> None:
    endless = replace(OF_VOICES, most_windows=np.inf)
    assert groups(1000.0, measure=endless).gains(0)[1] < groups(40.0).gains(0)[1]
    assert groups(1000.0).gains(0)[1] == pytest.approx(groups(40.0).gains(0)[1])


def test_a_joined_group_is_as_one_that_was_whole() -> None:
    joined = groups(4.0)
    joined.join(0, 1)
    whole = Groups(
        space(),
        np.stack([voice(ANN) + 0.5, voice(ANN) + 2.0]).astype(np.float64),
        np.array([8.0, 4.0]),
        OF_VOICES,
    )
    assert joined.gains(0)[2] == pytest.approx(whole.gains(0)[1])


def test_a_joined_group_is_where_most_of_its_speech_is_beyond_the_most_windows_too() -> None:
    joined = groups(200.0)
    joined.join(0, 1)
    joined.join(0, 2)
    assert joined.sums[0] / joined.weights[0] == pytest.approx(voice(ANN) + 1.0, rel=1e-4)
