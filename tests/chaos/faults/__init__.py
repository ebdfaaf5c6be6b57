"""Every fault of the campaign, in the order of its table; each takes a folder and its size."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.faults.crowd import crowd_a_queue
from tests.chaos.faults.duplicates import submit_in_parallel
from tests.chaos.faults.gateway import kill_gateways
from tests.chaos.faults.hosts import black_hole
from tests.chaos.faults.poison import poison_a_job
from tests.chaos.faults.postgres import restart_postgres
from tests.chaos.faults.power import cut_the_power
from tests.chaos.faults.receivers import misbehave
from tests.chaos.faults.redis import cut_off_redis, kill_redis, wipe_redis
from tests.chaos.faults.soak import soak
from tests.chaos.faults.workers import kill_workers
from tests.chaos.table import Row


@dataclass(frozen=True)
class Fault:
    """A fault with its size in the whole campaign, and in the short one."""

    run: Callable[[Path, int], list[Row]]
    whole: int
    short: int


FAULTS = {
    "workers": Fault(kill_workers, 1000, 20),
    "redis": Fault(kill_redis, 50, 2),
    "cut off": Fault(cut_off_redis, 10, 1),
    "wiped": Fault(wipe_redis, 5, 1),
    "gateway": Fault(kill_gateways, 10, 1),
    "postgres": Fault(restart_postgres, 10, 2),
    "power": Fault(cut_the_power, 3, 1),
    "poison": Fault(poison_a_job, 200, 3),
    "receivers": Fault(misbehave, 10, 3),
    # What is about times is no test: nothing else may run beside it.
    "hosts": Fault(black_hole, 1000, 0),
    "crowd": Fault(crowd_a_queue, 2000, 40),
    "duplicates": Fault(submit_in_parallel, 50, 20),
    "soak": Fault(soak, 2000, 0),
}
