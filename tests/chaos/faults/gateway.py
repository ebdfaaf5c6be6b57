"""Killing the gateway while it accepts."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import select

from shared.store.schema import Job
from tests.chaos.fleet import QUICK, Fleet, running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers, tone
from tests.chaos.table import Row

CALLERS = 4
ORPHAN_SECONDS = 4
# Large enough that a kill often comes while it is received or stored.
LARGE_TONE = tone(20)


def kill_gateways(folder: Path, rounds: int) -> list[Row]:
    """kill -9 of the gateway, master and worker, while four callers submit."""
    variables = QUICK | {"ROLLCALL_ORPHAN_SECONDS": str(ORPHAN_SECONDS)}
    with running_fleet(folder, workers=2, **variables) as fleet, open_inbox() as inbox:
        callers, waits = Callers(fleet, inbox), []
        stop = threading.Event()

        def call() -> None:
            while not stop.is_set():
                if callers.submit(LARGE_TONE) is None:
                    time.sleep(0.05)

        with ThreadPoolExecutor(CALLERS) as pool:
            calling = [pool.submit(call) for _ in range(CALLERS)]
            for _ in range(rounds):
                time.sleep(random.uniform(0.3, 1.2))
                fleet.processes["gateway"].kill_all()
                waits.append(fleet.wait_until_ready())
            stop.set()
            for one in calling:
                one.result()
        missing = inbox.wait_for(callers.accepted, 120)
        known = _known(fleet, callers.refused)
        # What was committed without an answer is a job like any other.
        whole = not inbox.wait_for(known, 60)
        left = _orphans_after_collection(fleet)
    return [
        callers.row(
            "gateway killed during submission",
            rounds=rounds,
            lost=len(missing),
            recovered_seconds=max(waits),
            promise="every 202 completes; nothing half is left",
            held=whole and not left,
            remark=f"of {len(callers.refused)} without answer {len(known)} were committed and completed, "
            f"{len(callers.refused) - len(known)} left nothing; recordings left: {left}",
        )
    ]


def _known(fleet: Fleet, request_ids: set[str]) -> set[str]:
    store = fleet.store()
    with store.reading() as session:
        found = set(session.scalars(select(Job.request_id).where(Job.request_id.in_(request_ids))))
    store.close()
    return found


def _orphans_after_collection(fleet: Fleet) -> int:
    deadline = time.monotonic() + 4 * ORPHAN_SECONDS
    while fleet.blobs() and time.monotonic() < deadline:
        time.sleep(0.2)
    return len(fleet.blobs())
