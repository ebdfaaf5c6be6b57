"""A worker host loses its network while it works, and is given it back: what is lost? Runs on host one.

``tests/fleet/test_fleet.py`` runs the part with a stand-in for the models, ``make fleet`` all of it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

from deploy.processes.commands import COMMANDS
from shared.domain import JobState
from shared.store.schema import Delivery, Job
from tests.chaos.inbox import Inbox, open_inbox
from tests.chaos.submitting import TONE, Callers
from tests.chaos.tiny_engine import WORK_SECONDS_VARIABLE
from tests.end_to_end.conftest import conversation
from tests.end_to_end.serving import blobs, ledger, on_fleet, settings_of
from tests.end_to_end.v1 import encoded, once
from tests.fleet.stack import WORKERS, FleetStack

__all__ = ["conversation"]

pytestmark = pytest.mark.skipif(not on_fleet(), reason="only on a fleet's host; see `make fleet`")

QUICK: Final = {"ROLLCALL_JOB_STALE_SECONDS": "4", "ROLLCALL_SWEEP_INTERVAL_SECONDS": "1"}
PATIENCE_SECONDS: Final = 180
BACK_SECONDS: Final = 60


class TinyFleet(FleetStack):
    """Workers with the stand-in of ``tests/chaos``, which takes half a second for a recording."""

    def __init__(self, data_dir: Path, **variables: str) -> None:
        super().__init__(data_dir, **variables, **{WORK_SECONDS_VARIABLE: "0.5"})

    def command_of(self, name: str) -> list[str]:
        if name != "worker":
            return super().command_of(name)
        replaced = {"worker.main": "tests.chaos.tiny_worker"}
        return [replaced.get(word, word) for word in COMMANDS["worker"](settings_of(self))]


@dataclass(frozen=True)
class Plan:
    """How many jobs, and for how long each time the cable is pulled while they run."""

    stack: type[FleetStack]
    jobs: int
    pulled_seconds: tuple[float, ...]
    variables: dict[str, str] = field(default_factory=dict)


PLANS: Final = {
    "tiny": Plan(TinyFleet, 20, (8,), QUICK),
    # Longer than any connection is given, then shorter.
    "models": Plan(FleetStack, 60, (90, 3, 15)),
}


@dataclass(frozen=True)
class Outcome:
    """What became of the jobs."""

    stack: FleetStack
    inbox: Inbox
    accepted: set[str]
    missing: set[str]
    pulled_while_working: int
    """How many of the pulls hit host two in the middle of a job."""


@pytest.fixture(scope="module", params=PLANS)
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """A plan, carried out."""
    plan = PLANS[request.param]
    content = TONE
    if plan.stack is FleetStack:
        content = encoded(request.getfixturevalue("conversation").audio.read_bytes())
    stack = plan.stack(tmp_path_factory.mktemp(request.param), **plan.variables)
    with open_inbox() as inbox:
        try:
            stack.start()
            stack.wait_until_ready()
            yield carried_out(plan, stack, Callers(stack, inbox), content)
        finally:
            stack.stop()


def carried_out(plan: Plan, stack: FleetStack, callers: Callers, content: str) -> Outcome:
    hit = 0
    for seconds in plan.pulled_seconds:
        for _ in range(plan.jobs // len(plan.pulled_seconds)):
            callers.insist(content)
        hit += pull(stack, seconds)
        stack.wait_until_present(WORKERS)
    missing = callers.inbox.wait_for(callers.accepted, PATIENCE_SECONDS)
    report(plan, callers, missing, hit)
    return Outcome(stack, callers.inbox, callers.accepted, missing, hit)


def jobs_begun_on_two(stack: FleetStack) -> int:
    return stack.log_of("worker-two").count("job_started")


def pull(stack: FleetStack, seconds: float) -> bool:
    """Unplug host two in a job, for so long; whether it was in one."""
    once(lambda: is_working(stack), bool)
    stack.hosts.unplug()
    in_a_job = is_working(stack)
    time.sleep(seconds)
    stack.hosts.plug_in()
    return in_a_job


def is_working(stack: FleetStack) -> bool:
    log = stack.log_of("worker-two")
    ends = ("job_succeeded", "job_claim_lost", "job_failed", "job_crashed")
    return log.count("job_started") > sum(log.count(end) for end in ends)


def report(plan: Plan, callers: Callers, missing: set[str], hit: int) -> None:
    """For `make fleet`, which shows it (-s)."""
    print(  # noqa: T201
        f"\nunplugged for {plan.pulled_seconds} s, {hit} times in a job: "
        f"{len(callers.accepted)} jobs accepted, {len(missing)} lost, {callers.inbox.doubled} told two things"
    )


def test_the_cable_was_pulled_in_the_middle_of_a_job(outcome: Outcome) -> None:
    assert outcome.pulled_while_working > 0


def test_every_job_reaches_its_webhook(outcome: Outcome) -> None:
    assert outcome.missing == set(), outcome.stack.last_words()


def test_no_job_fails(outcome: Outcome) -> None:
    assert outcome.inbox.failures == {}


def test_no_webhook_is_told_two_things(outcome: Outcome) -> None:
    assert outcome.inbox.doubled == 0


def test_every_job_has_one_result_and_one_delivery(outcome: Outcome) -> None:
    store = ledger(outcome.stack)
    with store.reading() as session:
        states = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).tuples().all())
        deliveries = session.scalar(select(func.count()).select_from(Delivery))
    store.close()
    count = len(outcome.accepted)
    assert (states, deliveries) == ({JobState.SUCCEEDED: count}, count)


def test_a_host_that_is_back_works_again(outcome: Outcome) -> None:
    before = jobs_begun_on_two(outcome.stack)
    callers = Callers(outcome.stack, outcome.inbox)
    deadline = time.monotonic() + BACK_SECONDS
    while jobs_begun_on_two(outcome.stack) == before and time.monotonic() < deadline:
        callers.insist()
        time.sleep(0.5)
    assert jobs_begun_on_two(outcome.stack) > before
    assert callers.inbox.wait_for(callers.accepted, PATIENCE_SECONDS) == set()


def test_no_recording_is_left_in_the_bucket(outcome: Outcome) -> None:
    assert once(lambda: blobs(outcome.stack), lambda left: not left) == []


def test_a_worker_host_has_nothing_but_its_key_and_its_counts(outcome: Outcome) -> None:
    folder = outcome.stack.hosts.two.folder
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    kept = {path.name for path in files if "metrics" not in str(path.parent)}
    assert kept == {"given.key"}


def test_a_worker_host_sees_nothing_of_the_other(outcome: Outcome) -> None:
    hosts = outcome.stack.hosts
    listed = hosts.two.told(f"ls -A {hosts.one.folder}")
    assert (listed, any(hosts.one.folder.iterdir())) == ("", True)
