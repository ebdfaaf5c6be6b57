"""The watchdog calls what takes too long, and nothing else."""

import threading

import pytest

from api.intake.watchdog import Watchdog

PATIENCE_SECONDS = 10


@pytest.fixture
def watchdog() -> Watchdog:
    return Watchdog()


def test_what_takes_too_long_is_called(watchdog: Watchdog) -> None:
    late = threading.Event()
    with watchdog.watching(0.01, late.set):
        assert late.wait(PATIENCE_SECONDS)


def test_what_ends_in_time_is_not_called(watchdog: Watchdog) -> None:
    calls, other = [], threading.Event()
    with watchdog.watching(0.05, lambda: calls.append("in time")):
        pass
    with watchdog.watching(0.2, other.set):
        other.wait(PATIENCE_SECONDS)
    assert calls == []


def test_a_shorter_time_that_comes_later_is_kept(watchdog: Watchdog) -> None:
    late = threading.Event()
    with watchdog.watching(600, late.clear), watchdog.watching(0.01, late.set):
        assert late.wait(PATIENCE_SECONDS)


def test_a_block_is_called_once_only(watchdog: Watchdog) -> None:
    calls, other = [], threading.Event()
    with watchdog.watching(0.01, lambda: calls.append("late")), watchdog.watching(0.2, other.set):
        other.wait(PATIENCE_SECONDS)
    assert calls == ["late"]


def test_many_are_watched_by_one_thread(watchdog: Watchdog) -> None:
    before = threading.active_count()
    for _ in range(100):
        with watchdog.watching(600, print):
            pass
    assert threading.active_count() == before + 1
