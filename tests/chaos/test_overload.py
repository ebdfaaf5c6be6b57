"""Far too many requests for a few seconds: what is promised is kept. ``make bench`` has the times."""

import pytest

from bench.overload import PROMISE_SECONDS, Overload, overload

SECONDS = 6


@pytest.fixture(scope="module")
def overloaded() -> Overload:
    """Real processes at ten times their capacity."""
    return overload(SECONDS)


def test_some_are_refused(overloaded: Overload) -> None:
    assert overloaded.refused


def test_every_call_is_answered_or_refused(overloaded: Overload) -> None:
    assert len(overloaded.refused) + len(overloaded.accepted) == len(overloaded.answers)


def test_whoever_is_refused_is_told_when_to_come_again(overloaded: Overload) -> None:
    assert all(one.retry_after_seconds for one in overloaded.refused)


def test_everything_accepted_completes(overloaded: Overload) -> None:
    assert overloaded.unkept == 0


def test_whoever_waits_has_his_answer_within_the_promise(overloaded: Overload) -> None:
    waited = overloaded.of("sync", 200, 504)
    assert waited
    assert max(one.seconds for one in waited) <= PROMISE_SECONDS
