"""One voice or two, by windows made up here."""

import numpy as np
from numpy.typing import NDArray

from worker.diarization.turns import Turn
from worker.voiceprints.voices import Halves, second_voice_share, split

RNG = np.random.default_rng(2)
ANN, BOB = np.abs(RNG.normal(0, 1, (2, 64)))


def windows(voice: NDArray[np.float64], number: int) -> NDArray[np.float32]:
    """Unit vectors (number, 64), each a little off the voice."""
    vectors = voice + np.random.default_rng(number).normal(0, 0.3, (number, 64))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_windows_of_one_voice_are_one() -> None:
    halves = split(windows(ANN, 20))
    assert halves
    assert not halves.are_two_voices


def test_windows_of_two_voices_are_two() -> None:
    halves = split(np.concatenate([windows(ANN, 12), windows(BOB, 6)]))
    assert halves
    assert halves.are_two_voices


def test_each_voice_gets_its_own_windows() -> None:
    halves = split(np.concatenate([windows(ANN, 12), windows(BOB, 6)]))
    assert halves
    assert halves.smaller_share == 6 / 18


def test_a_few_odd_windows_are_no_voice() -> None:
    halves = split(np.concatenate([windows(ANN, 20), windows(BOB, 2)]))
    assert halves
    assert not halves.are_two_voices


def test_of_few_windows_more_distance_is_asked() -> None:
    assert [Halves(0.8, 0.5, number).are_two_voices for number in (6, 20)] == [False, True]


def test_three_windows_cannot_be_split() -> None:
    assert split(windows(ANN, 3)) is None


def test_no_windows_cannot_be_split() -> None:
    assert split(np.zeros((0, 0), np.float32)) is None


def test_windows_that_are_all_the_same_are_one_voice() -> None:
    halves = split(np.repeat(windows(ANN, 1), 10, axis=0))
    assert halves is None or not halves.are_two_voices


def test_a_little_more_distance_would_leave_a_doubt() -> None:
    assert [Halves(cosine, 0.5, 20).are_doubtful for cosine in (0.8, 0.87, 0.95)] == [False, True, False]


class Alternating:
    """Stands for the network: of constant samples, the constant tells which axis."""

    def embed(self, samples: NDArray[np.float32], /) -> NDArray[np.float32]:
        return np.eye(3, dtype=np.float32)[int(samples[0])]


RECORDING = np.repeat(np.arange(3, dtype=np.float32), 10 * 16_000)


def test_turns_of_two_voices_tell_the_seconds_share() -> None:
    turns = [Turn(0.0, 9.0, "A"), Turn(11.0, 17.0, "B")]
    assert second_voice_share(Alternating(), RECORDING, turns) == 0.4


def test_turns_that_sound_alike_are_one_voice() -> None:
    turns = [Turn(0.0, 5.0, "A"), Turn(5.0, 9.0, "B")]
    assert second_voice_share(Alternating(), RECORDING, turns) is None


def test_a_few_turns_of_another_are_no_second_voice() -> None:
    turns = [Turn(0.0, 9.0, "A"), Turn(11.0, 13.0, "B")]
    assert second_voice_share(Alternating(), RECORDING, turns) is None


def test_the_third_voice_counts_as_speech_too() -> None:
    turns = [Turn(0.0, 8.0, "A"), Turn(11.0, 17.0, "B"), Turn(21.0, 22.0, "C")]
    assert second_voice_share(Alternating(), RECORDING, turns) == 0.4


def test_one_voice_has_no_second() -> None:
    assert second_voice_share(Alternating(), RECORDING, [Turn(0.0, 9.0, "A")]) is None
