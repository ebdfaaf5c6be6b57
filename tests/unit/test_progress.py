"""Progress: what is told of a job, and when."""

import time
from typing import Any

import pytest

from shared.store.ledger import ClaimLost
from worker import progress
from worker.progress import Progress


class Heard:
    """Takes words in the place of Redis."""

    def __init__(self) -> None:
        self.words: list[tuple[str, float]] = []

    def progress(self, _job_id: str, stage: str, share: float) -> None:
        self.words.append((stage, share))


class NoStages:
    """Takes no times."""

    def begin(self, _name: str) -> None:
        pass


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def told(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> Progress:
    """Of a job that nothing takes long in."""
    monkeypatch.setattr(progress, "BRIEF_SECONDS", 60.0)
    monkeypatch.setattr(progress, "LEAST_SECONDS_BETWEEN", 60.0)
    notices: Any = heard
    stages: Any = NoStages()
    return Progress(notices, "job", stages)


def test_the_first_stage_is_told_at_once(told: Progress, heard: Heard) -> None:
    told.report("decoding")
    assert heard.words == [("decoding", 0.0)]


def test_a_stage_that_follows_soon_is_not_told_at_once(told: Progress, heard: Heard) -> None:
    told.report("decoding")
    told.report("listening")
    assert heard.words == [("decoding", 0.0)]


def test_a_stage_that_goes_on_is_told_when_time_has_passed(told: Progress, heard: Heard) -> None:
    told.report("decoding")
    told.report("listening")
    told.catch_up()
    assert heard.words == [("decoding", 0.0), ("listening", 0.0)]


def test_the_last_of_what_was_not_told_is_caught_up_with(told: Progress, heard: Heard) -> None:
    told.report("decoding")
    told.report("listening", 0.2)
    told.report("listening", 0.4)
    told.catch_up()
    assert heard.words[-1] == ("listening", 0.4)


def test_nothing_is_told_twice(told: Progress, heard: Heard) -> None:
    told.report("decoding")
    told.report("listening")
    told.catch_up()
    told.catch_up()
    assert len(heard.words) == 2


def test_a_later_stage_is_told_at_once_when_the_last_word_is_old(
    told: Progress, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.report("decoding")
    later = time.monotonic() + 61
    monkeypatch.setattr(progress.time, "monotonic", lambda: later)
    told.report("listening")
    assert heard.words == [("decoding", 0.0), ("listening", 0.0)]


def test_a_job_that_was_taken_away_ends_at_its_next_report(told: Progress) -> None:
    told.claim_lost.set()
    with pytest.raises(ClaimLost):
        told.report("listening")
