"""Far too many requests for a few seconds. What is about times is no test: ``make bench`` has that."""

import pytest

from bench.overload import Overload, overload

SECONDS = 3
# Little work and few who may wait, so that what was accepted is soon done.
WORK_SECONDS = 0.2
WAITING_JOBS = 20


@pytest.fixture(scope="module")
def overloaded() -> Overload:
    """Real processes at ten times their capacity."""
    return overload(SECONDS, work_seconds=WORK_SECONDS, waiting_jobs=WAITING_JOBS)


def test_some_are_refused(overloaded: Overload) -> None:
    assert overloaded.refused


def test_every_call_is_answered_or_refused(overloaded: Overload) -> None:
    assert len(overloaded.refused) + len(overloaded.accepted) == len(overloaded.answers)


def test_whoever_is_refused_is_told_when_to_come_again(overloaded: Overload) -> None:
    assert all(one.retry_after_seconds for one in overloaded.refused)


def test_everything_accepted_completes(overloaded: Overload) -> None:
    assert overloaded.unkept == 0
