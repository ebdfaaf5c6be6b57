"""A power cut: everything is killed at once, Redis too."""

import time
from pathlib import Path

from tests.chaos.fleet import QUICK, running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers
from tests.chaos.table import Row

JOBS = 30


def cut_the_power(folder: Path, rounds: int) -> list[Row]:
    """kill -9 of every process at one moment, while jobs wait and run."""
    with running_fleet(folder, workers=2, **QUICK) as fleet, open_inbox() as inbox:
        callers, waits = Callers(fleet, inbox), []
        for _ in range(rounds):
            callers.insist_on_many(JOBS)
            fleet.redis.kill()
            for process in fleet.processes.values():
                process.kill_all()
            fleet.redis.restart()
            started = time.monotonic()
            fleet.wait_until_ready()
            inbox.wait_for(callers.accepted, 120)
            waits.append(time.monotonic() - started)
        lost = len(inbox.wait_for(callers.accepted, 1))
    return [
        callers.row(
            "kill -9 of everything at once",
            rounds=rounds,
            lost=lost,
            recovered_seconds=max(waits),
            promise="all of it is resumed",
            remark="to recover: until the last webhook",
        )
    ]
