"""When a webhook is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from worker.webhooks.posting import Outcome
from worker.webhooks.schedule import LONGEST_PAUSE_SECONDS, next_attempt, pause_asked_for

MINUTE, HOUR = 60, 3600
MOMENT = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def delay_after(attempts_made: int, pause_seconds: float | None = None) -> float:
    at = next_attempt(attempts_made, MOMENT, pause_seconds)
    assert at
    return (at - MOMENT).total_seconds()


@pytest.mark.parametrize(
    ("attempts_made", "delay_seconds"),
    [(1, 5), (2, 5 * MINUTE), (3, 30 * MINUTE), (4, 2 * HOUR), (5, 5 * HOUR), (6, 10 * HOUR), (7, 14 * HOUR),
     (8, 20 * HOUR), (9, 24 * HOUR)],
)  # fmt: skip
def test_the_delay_grows_with_the_attempts(attempts_made: int, delay_seconds: float) -> None:
    assert delay_seconds <= delay_after(attempts_made) <= 1.1 * delay_seconds


def test_delays_differ_so_that_a_receiver_is_not_met_by_all_at_once() -> None:
    assert len({delay_after(3) for _ in range(10)}) > 1


def test_ten_attempts_are_all() -> None:
    assert next_attempt(10, MOMENT, None) is None


def test_a_receiver_that_asks_for_more_time_gets_it() -> None:
    assert delay_after(1, pause_seconds=120) >= 120


def test_a_receiver_that_asks_for_less_time_does_not_shorten_the_schedule() -> None:
    assert delay_after(3, pause_seconds=1) >= 30 * MINUTE


def test_a_pause_in_seconds_is_read() -> None:
    assert pause_asked_for("120", MOMENT) == 120


def test_a_pause_until_a_date_is_read() -> None:
    assert pause_asked_for("Mon, 04 May 2026 10:02:00 GMT", MOMENT) == 120


def test_a_pause_until_a_date_that_has_passed_is_none_at_all() -> None:
    assert pause_asked_for("Mon, 04 May 2026 09:00:00 GMT", MOMENT) == 0


def test_nobody_puts_webhooks_off_for_ever() -> None:
    assert pause_asked_for("9" * 30, MOMENT) == LONGEST_PAUSE_SECONDS


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "٣"])
def test_a_pause_without_sense_is_none(value: str | None) -> None:
    assert pause_asked_for(value, MOMENT) is None


@pytest.mark.parametrize(
    ("status", "delivered"), [(200, True), (204, True), (302, False), (404, False), (500, False)]
)
def test_only_a_2xx_is_a_delivery(status: int, delivered: bool) -> None:
    assert Outcome(status).delivered is delivered


def test_a_receiver_that_is_gone_is_not_tried_again() -> None:
    assert Outcome(410).final


def test_a_receiver_that_cannot_be_reached_is_tried_again() -> None:
    assert not Outcome(None, "ConnectTimeout").final


@pytest.mark.parametrize(
    ("status", "answers"),
    [(200, True), (301, True), (400, True), (410, True), (429, False), (500, False), (None, False)],
)
def test_a_receiver_is_in_trouble_that_gives_no_answer_of_its_own(status: int | None, answers: bool) -> None:
    assert Outcome(status).receiver_answers is answers


def test_an_attempt_ends_before_somebody_else_may_begin_it() -> None:
    from worker.delivery import LEASE_SECONDS
    from worker.webhooks.posting import ATTEMPT_SECONDS

    assert timedelta(seconds=LEASE_SECONDS) > timedelta(seconds=2 * ATTEMPT_SECONDS)
