"""How long one job of a tenant waits behind thousands of another's, over HTTP and with real processes."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bench.report import Section
from shared.store import Store
from shared.store.schema import Job
from tests.chaos.fleet import running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers
from tests.chaos.tiny_engine import WORK_SECONDS_VARIABLE

CROWD = 2000
SINGLES = 10
WORK_SECONDS = 0.5
PROMISED_JOB_TIMES = 2


def measure_fairness(crowd_jobs: int = CROWD, work_seconds: float = WORK_SECONDS) -> Section:
    """The crowd's jobs are accepted first; then the other tenant sends one, and another once it is done."""
    with (
        TemporaryDirectory() as folder,
        running_fleet(Path(folder), workers=1, **{WORK_SECONDS_VARIABLE: str(work_seconds)}) as fleet,
        open_inbox() as inbox,
    ):
        crowd, single = Callers(fleet, inbox), Callers(fleet, inbox, fleet.add_tenant("single"))
        crowd.insist_on_many(crowd_jobs)
        for _ in range(SINGLES):
            single.insist()
            inbox.wait_for(single.accepted, 60)
        behind = len(crowd.accepted - inbox.arrived_at.keys())
        waited, worked = _seconds(fleet.store(), single.accepted)
    longest, job_time = max(waited), sum(worked) / len(worked)
    return Section(
        f"One job behind {crowd_jobs} of another tenant, one worker",
        ("what", "seconds", "job times", "promised"),
        [
            ("a job, begun to finished (mean)", f"{job_time:.2f}", "1", "–"),
            *(
                (
                    f"accepted to begun, {name} of {SINGLES}",
                    f"{seconds:.2f}",
                    f"{seconds / job_time:.2f}",
                    f"≤ {PROMISED_JOB_TIMES}",
                )
                for name, seconds in (("mean", sum(waited) / len(waited)), ("longest", longest))
            ),
        ],
        "Gateway, worker, delivery worker and beat as processes; a stand-in for the models that takes "
        f"{work_seconds} s. {behind} of the crowd's jobs still waited when the last of the others was done.",
    )


def _seconds(store: Store, request_ids: set[str]) -> tuple[list[float], list[float]]:
    """For how long each of these jobs waited, and was worked on."""
    with store.reading() as session:
        found = session.execute(
            select(Job.created_at, Job.started_at, Job.finished_at).where(Job.request_id.in_(request_ids))
        ).all()
    store.close()
    waited = [(begun - created).total_seconds() for created, begun, _ in found]
    return waited, [(finished - begun).total_seconds() for _, begun, finished in found]
