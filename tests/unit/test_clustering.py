"""Which slots are one voice."""

import numpy as np
import pytest

from tests.unit.slots import heard
from tests.unit.voices import space
from worker.diarization import clustering
from worker.diarization.clustering import Wishes, chunk_penalties, cluster_slots
from worker.diarization.heard import HeardSlot

ANN, BOB, EVE = 1, 2, 3
TALK = [heard(chunk, voice) for chunk, voice in enumerate([ANN, BOB, ANN, EVE, BOB, ANN])]


def number_of_voices(wishes: Wishes) -> int:
    return len(set(cluster_slots(space(), TALK, wishes).tolist()))


def test_slots_of_one_voice_are_together_and_those_of_others_apart() -> None:
    labels = cluster_slots(space(), TALK, Wishes()).tolist()
    assert labels == [labels[0], labels[1], labels[0], labels[3], labels[1], labels[0]]
    assert len(set(labels)) == 3


def test_labels_have_no_gaps() -> None:
    assert set(cluster_slots(space(), TALK, Wishes()).tolist()) == {0, 1, 2}


def test_nothing_heard_has_no_voices() -> None:
    assert cluster_slots(space(), [], Wishes()).size == 0


def test_no_more_voices_than_wished_for() -> None:
    assert number_of_voices(Wishes(most=2)) == 2


def test_no_fewer_voices_than_wished_for() -> None:
    assert number_of_voices(Wishes(least=5)) == 5


def test_a_recording_has_no_more_voices_than_slots() -> None:
    assert number_of_voices(Wishes(least=20)) == len(TALK)


@pytest.mark.parametrize("at_once", [2, 4, 5])
def test_clustering_in_blocks_finds_the_same_voices(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    whole = cluster_slots(space(), TALK, Wishes())
    monkeypatch.setattr(clustering, "SLOTS_AT_ONCE", at_once)
    in_blocks = cluster_slots(space(), TALK, Wishes())
    assert (np.equal.outer(whole, whole) == np.equal.outer(in_blocks, in_blocks)).all()


def words(count: int) -> list[HeardSlot]:
    """Slots of a second each, all of them Eve's."""
    return [heard(chunk, EVE, 0, 20) for chunk in range(len(TALK), len(TALK) + count)]


def test_in_a_short_recording_somebody_may_say_a_word_only() -> None:
    labels = cluster_slots(space(), [*TALK[:3], *words(2)], Wishes()).tolist()
    assert len(set(labels)) == 3


def test_in_a_long_recording_words_found_no_voice() -> None:
    pair = [heard(chunk, (ANN, BOB)[chunk % 2]) for chunk in range(60)]
    labels = cluster_slots(space(), [*pair, *words(40)], Wishes())
    assert len(set(labels.tolist())) == 2


def test_in_a_long_recording_words_go_to_their_voice() -> None:
    long = [heard(chunk, (ANN, BOB, EVE)[chunk % 3]) for chunk in range(60)]
    labels = cluster_slots(space(), [*long, *words(2)], Wishes())
    assert labels[60:].tolist() == [labels[2]] * 2


def test_words_found_voices_where_fewer_sentences_than_voices_are_there() -> None:
    labels = cluster_slots(space(), [heard(0, ANN), *words(300)], Wishes(least=2))
    assert len(set(labels.tolist())) == 2


def test_slots_that_speak_at_once_are_held_apart() -> None:
    together = [heard(0, ANN, 0, 60, column=0), heard(0, ANN, 0, 60, column=1)]
    assert chunk_penalties(together) == {(0, 1): clustering.TOGETHER_PENALTY}


def test_slots_of_a_chunk_that_speak_in_turn_are_held_apart() -> None:
    in_turn = [heard(0, ANN, 0, 40), heard(0, ANN, 50, 100, column=1)]
    assert 0 < chunk_penalties(in_turn)[0, 1] < clustering.APART_PENALTY


def test_a_word_holds_less_apart_than_a_sentence() -> None:
    word, sentence = (
        chunk_penalties([heard(0, ANN, 0, 40), heard(0, ANN, 50, last, column=1)])[0, 1] for last in (56, 80)
    )
    assert word < sentence


def test_slots_of_different_chunks_are_not_held_apart() -> None:
    assert chunk_penalties([heard(0, ANN), heard(1, ANN)]) == {}
