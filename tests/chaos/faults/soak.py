"""Many jobs, and what memory makes of them."""

import time
from pathlib import Path

import numpy as np

from tests.chaos.fleet import Fleet, running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers
from tests.chaos.table import Row

BATCH = 50
WARM_UP_SHARE = 0.25
MOST_GROWTH = 0.01


def soak(folder: Path, jobs: int) -> list[Row]:
    """So many jobs in a row; memory is looked at after each batch, the first quarter of them apart."""
    with running_fleet(folder, workers=2) as fleet, open_inbox() as inbox:
        callers, seen = Callers(fleet, inbox), []
        started = time.monotonic()
        for _ in range(jobs // BATCH):
            callers.insist_on_many(BATCH)
            inbox.wait_for(callers.accepted, 60)
            seen.append(_resident_bytes(fleet))
        seconds = time.monotonic() - started
        lost = len(inbox.wait_for(callers.accepted, 60))
    settled = seen[int(len(seen) * WARM_UP_SHARE) :]
    growth = {name: _growth([one[name] for one in settled]) for name in settled[0]}
    told = ", ".join(
        f"{name} {100 * share:+.2f} % of {settled[-1][name] >> 20} MB" for name, share in growth.items()
    )
    return [
        callers.row(
            f"soak: {jobs} jobs",
            rounds=1,
            lost=lost,
            recovered_seconds=None,
            promise="memory of gateway and workers grows < 1 %",
            held=max(growth.values()) < MOST_GROWTH,
            remark=f"{told} over the last {len(settled) * BATCH} jobs; {jobs / seconds:.0f} jobs/s",
        )
    ]


def _resident_bytes(fleet: Fleet) -> dict[str, int]:
    return {name: process.resident_bytes() for name, process in fleet.processes.items() if name != "beat"}


def _growth(resident: list[int]) -> float:
    """How much a straight line through the samples rises, as a share of where it begins."""
    slope, start = np.polyfit(np.arange(len(resident)), resident, 1)
    return float(slope * (len(resident) - 1) / start)
