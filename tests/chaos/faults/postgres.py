"""Restarting PostgreSQL under load."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from tests.chaos.fleet import running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers
from tests.chaos.table import Row

JOBS_PER_ROUND = 25
PAUSE_SECONDS = 2.0


def restart_postgres(folder: Path, rounds: int) -> list[Row]:
    """Stop PostgreSQL, in good order and as a crash in turn, and start it again, while jobs come and go."""
    modes: tuple[Literal["fast", "immediate"], ...] = ("fast", "immediate")
    with running_fleet(folder, workers=2, postgres=True) as fleet, open_inbox() as inbox:
        callers, waits = Callers(fleet, inbox), []
        assert fleet.postgres
        with ThreadPoolExecutor(1) as pool:
            submitting = pool.submit(callers.insist_on_many, rounds * JOBS_PER_ROUND)
            for number in range(rounds):
                time.sleep(PAUSE_SECONDS)
                stopped_at = time.monotonic()
                fleet.postgres.restart(modes[number % 2])
                fleet.wait_until_ready()
                waits.append(time.monotonic() - stopped_at)
            submitting.result()
        lost = len(inbox.wait_for(callers.accepted, 120))
        failed = len(inbox.failures)
    return [
        callers.row(
            "PostgreSQL restarted under load",
            rounds=rounds,
            lost=lost,
            recovered_seconds=max(waits),
            promise="0 lost, 0 doubled",
            remark=f"stopped in good order and by crash in turn, to recover: with the stop; {failed} failed",
        )
    ]
