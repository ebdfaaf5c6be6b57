"""Killing workers while they work."""

import random
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.chaos.fleet import QUICK, Fleet, running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers
from tests.chaos.table import Row

PAUSES_SECONDS = (1.5, 3.5)
# In case it never ends.
MOST_KILLS = 300


def kill_workers(folder: Path, jobs: int) -> list[Row]:
    """kill -9 of a random worker's parent or child every few seconds, while so many jobs are done."""
    with running_fleet(folder, workers=2, **QUICK) as fleet, open_inbox() as inbox:
        callers = Callers(fleet, inbox)
        with ThreadPoolExecutor(1) as pool:
            submitting = pool.submit(callers.insist_on_many, jobs)
            kills: list[float] = []
            while not submitting.done() or callers.accepted - inbox.arrived_at.keys():
                time.sleep(random.uniform(*PAUSES_SECONDS))
                if len(kills) > MOST_KILLS:
                    break
                kills.append(time.time())
                _kill_one(fleet)
            submitting.result()
        missing = inbox.wait_for(callers.accepted, 60)
        recovered = max((_next(inbox.arrived_at.values(), kill) - kill for kill in kills), default=0.0)
        lost, failed = len(missing), len(inbox.failures)
    return [
        callers.row(
            "kill -9 of a worker's parent or child",
            rounds=len(kills),
            lost=lost,
            recovered_seconds=recovered,
            promise="0 lost, 0 doubled",
            remark=f"{failed} failed as worker_lost; to recover: until the next webhook",
        )
    ]


def _next(moments: Iterable[float], after: float) -> float:
    """The first moment after another; that itself if there is none."""
    return min((moment for moment in moments if moment > after), default=after)


def _kill_one(fleet: Fleet) -> None:
    victim = random.choice(fleet.workers)
    children = victim.children()
    if children and random.random() < 0.5:
        random.choice(children).kill()
    else:
        victim.kill()
