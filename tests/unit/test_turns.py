"""Arithmetic with spans of time."""

import pytest

from worker.diarization.turns import Turn, solo_spans, spans_of, total_seconds

TURNS = [Turn(0.0, 4.0, "A"), Turn(3.0, 5.0, "B"), Turn(6.0, 9.0, "A"), Turn(7.0, 8.0, "B")]


def test_the_spans_of_a_cluster_are_its_turns() -> None:
    assert spans_of(TURNS, "B") == [(3.0, 5.0), (7.0, 8.0)]


def test_solo_spans_leave_out_what_others_talk_over() -> None:
    assert solo_spans(TURNS, "A") == [(0.0, 3.0), (6.0, 7.0), (8.0, 9.0)]


def test_a_turn_inside_anothers_is_never_solo() -> None:
    assert solo_spans([Turn(0.0, 9.0, "A"), Turn(2.0, 3.0, "B")], "B") == []


def test_turns_that_touch_do_not_overlap() -> None:
    assert solo_spans([Turn(0.0, 1.0, "A"), Turn(1.0, 2.0, "B")], "A") == [(0.0, 1.0)]


def test_durations_add_up() -> None:
    assert total_seconds([(0.5, 1.0), (2.0, 2.25)]) == pytest.approx(0.75)
