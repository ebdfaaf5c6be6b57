"""One tenant has a whole day's recordings waiting; another comes with a single one."""

from pathlib import Path

from sqlalchemy import func, select

from shared.store import Store
from shared.store.schema import Job
from tests.chaos.fleet import running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers
from tests.chaos.table import Row
from tests.chaos.tiny_engine import WORK_SECONDS_VARIABLE

WORK_SECONDS = 0.1
SINGLES = 5
# With one worker, which is busy with one of the crowd's as the single one comes: two job times.
MOST_BEGUN_BEFORE = 1


def crowd_a_queue(folder: Path, jobs: int) -> list[Row]:
    """So many jobs of one tenant and then, one after the other, a few of another's; one worker."""
    with (
        running_fleet(folder, workers=1, **{WORK_SECONDS_VARIABLE: str(WORK_SECONDS)}) as fleet,
        open_inbox() as inbox,
    ):
        crowd, single = Callers(fleet, inbox), Callers(fleet, inbox, fleet.add_tenant("single"))
        crowd.insist_on_many(jobs)
        for _ in range(SINGLES):
            single.insist()
            inbox.wait_for(single.accepted, 60)
        waiting = len(crowd.accepted - inbox.arrived_at.keys())
        crowd.accepted |= single.accepted
        lost = len(inbox.wait_for(crowd.accepted, 60 + 3 * jobs * WORK_SECONDS))
        store = fleet.store()
        begun = max(begun_before(store, request_id) for request_id in single.accepted)
        store.close()
    return [
        crowd.row(
            f"one tenant's crowd of {jobs}",
            rounds=SINGLES,
            lost=lost,
            recovered_seconds=None,
            promise="another tenant's job begins within two job times",
            held=begun <= MOST_BEGUN_BEFORE and waiting > 0,
            remark=f"at most {begun} of the crowd's begun before his; {waiting} still waited then",
        )
    ]


def begun_before(store: Store, request_id: str) -> int:
    """How many jobs of others were begun while a job waited."""
    with store.reading() as session:
        job = session.scalars(select(Job).where(Job.request_id == request_id)).one()
        others = select(func.count()).where(
            Job.tenant_id != job.tenant_id, Job.started_at > job.created_at, Job.started_at < job.started_at
        )
        return session.scalars(others).one()
