"""A recording that kills whoever listens to it."""

import time
from pathlib import Path

from tests.chaos.fleet import QUICK, running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers, poison
from tests.chaos.table import Row
from tests.chaos.tiny_engine import POISON_LOG_VARIABLE

MOST_RUNS = 3


def poison_a_job(folder: Path, good: int) -> list[Row]:
    """One such recording among so many good ones."""
    log = folder / "poisoned"
    variables = QUICK | {POISON_LOG_VARIABLE: str(log)}
    with running_fleet(folder, workers=2, **variables) as fleet, open_inbox() as inbox:
        callers = Callers(fleet, inbox)
        callers.insist_on_many(good // 2)
        started = time.monotonic()
        bad = callers.insist(poison())
        callers.insist_on_many(good - good // 2)
        lost = len(inbox.wait_for(callers.accepted, 120))
        recovered = time.monotonic() - started
        runs = len(log.read_text().splitlines())
        failures = inbox.failures
    told = failures.get(bad, {}).get("detail", {}).get("errorcode", "nothing")
    held = runs <= MOST_RUNS and failures.keys() == {bad} and told == "rollcall.worker_lost"
    return [
        callers.row(
            "a job that kills its own worker",
            rounds=1,
            lost=lost,
            recovered_seconds=recovered,
            promise=f"<= {MOST_RUNS} runs, a failure webhook, all others complete",
            held=held,
            remark=f"{runs} runs, its webhook says {told}, {len(callers.accepted) - 1 - lost}/{good} others",
        )
    ]
