"""Ten times as many requests as the workers can do: who is refused, how fast, which promises are kept."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import func, select

from bench.offering import Answer, Call, Offering
from bench.report import Section
from shared.domain import JobState
from shared.store.schema import Job
from tests.chaos.fleet import Fleet, running_fleet
from tests.chaos.inbox import Inbox, open_inbox
from tests.chaos.submitting import RATE, TONE, Callers
from tests.chaos.tiny_engine import WORK_SECONDS_VARIABLE

SECONDS = 180.0
TIMES = 10
WORKERS = 2
WORK_SECONDS = 0.4
PROMISE_SECONDS = 10
WAITING_JOBS = 200
PROMISED_REFUSAL_MS = 200
CALIBRATION_JOBS = 40
DRAIN_SECONDS = 300.0
PREFIX = "/audio/generic/api/v2"


@dataclass(frozen=True)
class Overload:
    """What was offered, what came back, and how the accepted jobs ended."""

    capacity_per_second: float
    seconds: float
    answers: Sequence[Answer]
    succeeded: set[str]

    def of(self, kind: str, *statuses: int) -> list[Answer]:
        """Answers to calls of a kind, of any if it is empty, with one of these statuses."""
        return [one for one in self.answers if kind in ("", one.kind) and one.status in statuses]

    @property
    def refused(self) -> list[Answer]:
        """Calls that were told to come again later."""
        return self.of("", 429, 503)

    @property
    def accepted(self) -> list[Answer]:
        """Calls that were promised an answer, also those that did not get it in time."""
        return self.of("", 200, 202, 504)

    @property
    def unkept(self) -> int:
        """Accepted jobs that did not succeed."""
        return len({one.job for one in self.accepted} - self.succeeded)


def measure_overload(seconds: float = SECONDS) -> Section:
    """Half of the calls wait for their answer, half are only accepted; two tenants send them."""
    found = overload(seconds)
    refused_ms = [1000 * one.seconds for one in found.refused]
    waited = [one.seconds for one in found.of("sync", 200, 504)]
    others = len(found.answers) - len(found.refused) - len(found.accepted)
    rows = [
        ("offered, of capacity", f"{len(found.answers) / seconds / found.capacity_per_second:.1f} ×", "10 ×"),
        ("refused (429, 503)", f"{len(found.refused)} of {len(found.answers)}", "–"),
        ("refusals, p50 ms", _quantile(refused_ms, 50, "{:.0f}"), "–"),
        ("refusals, p99 ms", _quantile(refused_ms, 99, "{:.0f}"), f"< {PROMISED_REFUSAL_MS}"),
        ("refusals without Retry-After", str(sum(not one.retry_after_seconds for one in found.refused)), "0"),
        ("accepted", str(len(found.accepted)), "–"),
        ("accepted that did not complete", str(found.unkept), "0"),
        ("answers of other kinds", str(others), "0"),
        ("synchronous answers, p50 s", _quantile(waited, 50, "{:.1f}"), "–"),
        ("synchronous answers, slowest s", _quantile(waited, 100, "{:.1f}"), f"≤ {PROMISE_SECONDS}"),
        (
            "calls made late by the measurement, p99 ms",
            _quantile([1000 * one.late_seconds for one in found.answers], 99, "{:.0f}"),
            "–",
        ),
    ]
    return Section(
        f"Overload: ten times the capacity for {seconds:g} s",
        ("what", "measured", "promised"),
        rows,
        f"{WORKERS} workers, a stand-in for the models that takes {WORK_SECONDS} s, a capacity of "
        f"{found.capacity_per_second:.1f} jobs/s as measured just before. ROLLCALL_SYNC_WAIT_SECONDS is "
        f"{PROMISE_SECONDS}, ROLLCALL_MAX_WAITING_JOBS {WAITING_JOBS}. Half of the calls are synchronous. "
        "Two tenants send them, at random moments and from this same machine.",
    )


def overload(
    seconds: float, times: float = TIMES, work_seconds: float = WORK_SECONDS, waiting_jobs: int = WAITING_JOBS
) -> Overload:
    """Measure the capacity, offer so many times as much, and wait until all that was accepted has ended."""
    variables = {
        WORK_SECONDS_VARIABLE: str(work_seconds),
        "ROLLCALL_SYNC_WAIT_SECONDS": str(PROMISE_SECONDS),
        "ROLLCALL_MAX_WAITING_JOBS": str(waiting_jobs),
        "ROLLCALL_REQUESTS_PER_MINUTE": "0",
    }
    with (
        TemporaryDirectory() as folder,
        running_fleet(Path(folder), workers=WORKERS, **variables) as fleet,
        open_inbox() as inbox,
    ):
        keys = [fleet.api_key, fleet.add_tenant("other")]
        capacity = _capacity(fleet, inbox)
        offering = Offering([call for key in keys for call in _calls(fleet, inbox, key)])
        answers = offering.run(times * capacity, seconds)
        _wait_until_drained(fleet)
        return Overload(capacity, seconds, answers, _succeeded(fleet))


def _calls(fleet: Fleet, inbox: Inbox, api_key: str) -> list[Call]:
    body: dict[str, object] = {"encoding": "WAV", "sampleRate": RATE, "content": TONE}
    return [
        Call("sync", f"{fleet.url}{PREFIX}/sync/diarize", api_key, body),
        Call("async", f"{fleet.url}{PREFIX}/async/diarize?webhook={inbox.url}", api_key, body),
    ]


def _capacity(fleet: Fleet, inbox: Inbox) -> float:
    """Jobs per second of workers that always have something to do."""
    callers = Callers(fleet, inbox)
    started = time.monotonic()
    callers.insist_on_many(CALIBRATION_JOBS)
    inbox.wait_for(callers.accepted, DRAIN_SECONDS)
    return CALIBRATION_JOBS / (time.monotonic() - started)


def _wait_until_drained(fleet: Fleet) -> None:
    unfinished = select(func.count()).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
    store, deadline = fleet.store(), time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline:
        with store.reading() as session:
            if not session.scalars(unfinished).one():
                break
        time.sleep(0.5)
    store.close()


def _succeeded(fleet: Fleet) -> set[str]:
    store = fleet.store()
    with store.reading() as session:
        ended = set(session.scalars(select(Job.request_id).where(Job.state == JobState.SUCCEEDED)))
    store.close()
    return ended


def _quantile(values: Sequence[float], percent: float, form: str) -> str:
    return form.format(float(np.percentile(values, percent))) if values else "none"
