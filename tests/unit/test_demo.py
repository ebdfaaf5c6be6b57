"""The demo's arithmetic and its reading of the user's wishes."""

from pathlib import Path

import pytest

from client import Segment
from deploy.demo.conversation import Unusable, own_turns, packaged_conversation, users_conversation
from deploy.demo.scoring import share_named_right

REFERENCE = [Segment("alice", 0, 6), Segment("bob", 6, 10)]


def test_the_reference_itself_is_all_right() -> None:
    assert share_named_right(REFERENCE, REFERENCE, ["alice", "bob"]) == 1


def test_a_wrong_name_counts_by_its_length() -> None:
    answer = [Segment("alice", 0, 10)]
    assert share_named_right(REFERENCE, answer, ["alice", "bob"]) == pytest.approx(0.6)


def test_right_for_somebody_who_is_not_enrolled_is_no_name() -> None:
    answer = [Segment("alice", 0, 6), Segment(None, 6, 10)]
    assert share_named_right(REFERENCE, answer, ["alice"]) == 1


def test_own_turns_leave_out_overlap() -> None:
    segments = [Segment("alice", 0, 6), Segment("bob", 5, 8)]
    assert own_turns(segments, "alice") == [Segment("alice", 0, 5)]


def test_the_packaged_conversation_has_two_speakers() -> None:
    assert len({segment.speaker_id for segment in packaged_conversation().reference}) == 2


def test_enrolment_files_may_have_blanks_in_their_names(tmp_path: Path) -> None:
    audio, sample = tmp_path / "talk.wav", tmp_path / "my voice.wav"
    for path in (audio, sample):
        path.touch()
    assert users_conversation(str(audio), f"alice='{sample}'").samples == [("alice", sample)]


@pytest.mark.parametrize("enroll", ["", "alice", "=a.wav", "alice=nowhere.wav"])
def test_an_enrolment_that_cannot_be_read_is_refused(tmp_path: Path, enroll: str) -> None:
    audio = tmp_path / "talk.wav"
    audio.touch()
    with pytest.raises(Unusable):
        users_conversation(str(audio), enroll)
