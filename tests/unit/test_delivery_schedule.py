"""When a webhook is tried again."""

import pytest

from shared.store.schema import now
from worker.delivery import Outcome, next_attempt

MINUTE, HOUR = 60, 3600


@pytest.mark.parametrize(
    ("attempts_made", "delay_seconds"),
    [(1, 5), (2, 5 * MINUTE), (3, 30 * MINUTE), (4, 2 * HOUR), (5, 5 * HOUR), (6, 10 * HOUR), (7, 14 * HOUR),
     (8, 20 * HOUR), (9, 24 * HOUR)],
)  # fmt: skip
def test_the_delay_grows_with_the_attempts(attempts_made: int, delay_seconds: float) -> None:
    at = next_attempt(attempts_made)
    assert at
    waited = (at - now()).total_seconds()
    assert delay_seconds - 1 < waited < 1.1 * delay_seconds + 1


def test_ten_attempts_are_all() -> None:
    assert next_attempt(10) is None


@pytest.mark.parametrize(
    ("status", "delivered"), [(200, True), (204, True), (302, False), (404, False), (500, False)]
)
def test_only_a_2xx_is_a_delivery(status: int, delivered: bool) -> None:
    assert Outcome(status, None).delivered is delivered


def test_a_receiver_that_is_gone_is_not_tried_again() -> None:
    assert Outcome(410, None).final


def test_a_receiver_that_cannot_be_reached_is_tried_again() -> None:
    assert not Outcome(None, "ConnectTimeout").final
