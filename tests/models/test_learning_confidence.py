"""Confidence learned alone: of voices made up here, beside a space that was learned of them."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from shared.domain import Line
from worker.models.pack import ModelPackError

if TYPE_CHECKING:
    from training.hearing import HeardVoice
    from training.trials import Heard

pytestmark = pytest.mark.usefixtures("device")

Tensors = dict[str, NDArray[np.float32]]

DIMENSION, NUM_WINDOWS = 70, 16


def made_up(seed: int, number: int = 24) -> "list[HeardVoice]":
    """Voices whose windows (num_windows, DIMENSION) lie about a point of their own."""
    from training.hearing import HeardVoice
    from training.voices import CONDITIONS

    rng = np.random.default_rng(seed)

    def windows(centre: NDArray[np.float64], times: int = 1) -> NDArray[np.float32]:
        return (centre + rng.normal(0, 1, (times * NUM_WINDOWS, DIMENSION))).astype(np.float32)

    return [
        HeardVoice(
            str(one),
            {condition.name: windows(centre) for condition in CONDITIONS},
            {line: windows(centre, 1 if line is Line.WIDEBAND else 2) for line in Line},
            [],
        )
        for one, centre in enumerate(rng.normal(0, 0.6, (number, DIMENSION)))
    ]


@pytest.fixture(scope="module")
def voices(device: object) -> "list[HeardVoice]":
    return made_up(1)


@pytest.fixture(scope="module")
def stored(voices: "list[HeardVoice]") -> Tensors:
    from training.calibration import calibrate
    from training.projection import learn_space
    from training.trials import make_cohort
    from worker.models.learned import Learned
    from worker.models.speech_head import SpeechHead

    space = learn_space(voices)
    return Learned(space, make_cohort(space, voices), calibrate(voices), SpeechHead(64)).to_tensors()


@pytest.fixture(scope="module")
def older(stored: Tensors) -> Tensors:
    """As a version wrote it that knew nothing of strangers' confidence."""
    return {name: one for name, one in stored.items() if ".known_" not in name}


def test_only_odds_change(voices: "list[HeardVoice]", stored: Tensors) -> None:
    from training.refitting import with_confidence_learned_anew

    spoilt = stored | {"calibration.intercept": stored["calibration.intercept"] + 5}
    spoilt["calibration.tail_start"] = stored["calibration.tail_start"] + 1
    found, _ = with_confidence_learned_anew(spoilt, voices)
    changed = {name for name in spoilt if not np.array_equal(found[name], spoilt[name])}
    assert changed == {"calibration.intercept"}


def test_what_is_learned_alone_is_what_is_learned_with_all(
    voices: "list[HeardVoice]", stored: Tensors, older: Tensors
) -> None:
    from training.refitting import with_confidence_learned_anew

    found, difference = with_confidence_learned_anew(older, voices)
    assert difference == 0
    assert all(np.array_equal(found[name], stored[name]) for name in stored)


def test_beside_a_space_of_other_voices_nothing_is_learned(stored: Tensors) -> None:
    from training.refitting import OtherVoicesError, with_confidence_learned_anew

    with pytest.raises(OtherVoicesError, match="learn everything anew"):
        with_confidence_learned_anew(stored, made_up(2))


def test_a_file_of_an_older_version_says_what_to_do(older: Tensors, tmp_path: Path) -> None:
    from worker.models.learned import load_learned

    save_file(older, tmp_path / "voices.safetensors")
    with pytest.raises(ModelPackError, match="make models"):
        load_learned(tmp_path / "voices.safetensors")


def scores_of(heard: "list[Heard]", line: Line) -> NDArray[np.float64]:
    return np.concatenate([one.scores for one in heard if one.line is line])


def test_speech_counts_once_however_often_it_was_rendered(voices: "list[HeardVoice]") -> None:
    from training.trials import hear_folds

    once, each = (hear_folds(voices, 2, each_rendering=each) for each in (False, True))
    same = {line: np.array_equal(scores_of(once, line), scores_of(each, line)) for line in Line}
    assert same == {Line.WIDEBAND: True, Line.TELEPHONE: False, Line.NOISY: False}
