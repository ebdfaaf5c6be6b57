"""Changes as their tenant sees them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import and_, func, select

from shared.corrections import ChangeKind, ChangeState, CorrectedJob, Correction
from shared.store.change_order import blockers_of
from shared.store.changes import ChangeLog
from shared.store.schema import Change, ChangedJob

MOST_JOBS_SHOWN = 1000


def shown(log: ChangeLog, changes: Sequence[Change]) -> list[Correction]:
    """Changes, each with the first jobs in which names differ, and with what stands on it."""
    left = [one for one in changes if one.undone_at is None and one.kind != ChangeKind.UNDO]
    blockers = blockers_of(log, left)
    jobs, totals = _different(log, [one.id for one in changes])
    return [
        replace(
            log.told(change, jobs.get(change.id, ())),
            num_jobs=totals.get(change.id, 0),
            blocked_by=blockers[change.id].id if change.id in blockers else None,
            can_undo=change in left and change.id not in blockers and change.state != ChangeState.PENDING,
        )
        for change in changes
    ]


def _different(
    log: ChangeLog, change_ids: Sequence[str]
) -> tuple[dict[str, list[CorrectedJob]], dict[str, int]]:
    """The first jobs that have other names by each change, and how many there are in all."""
    of_change = ChangedJob.change_id
    numbered = (
        select(
            of_change,
            ChangedJob.job_id,
            func.row_number().over(partition_by=of_change, order_by=ChangedJob.job_id).label("place"),
            func.count().over(partition_by=of_change).label("total"),
        )
        .where(of_change.in_(change_ids), ChangedJob.num_differences > 0)
        .subquery()
    )
    is_it = and_(numbered.c.change_id == of_change, numbered.c.job_id == ChangedJob.job_id)
    query = (
        select(of_change, ChangedJob.job_id, ChangedJob.sealed_patch, numbered.c.total)
        .join(numbered, is_it)
        .where(numbered.c.place <= MOST_JOBS_SHOWN)
        .order_by(of_change, ChangedJob.job_id)
    )
    jobs: dict[str, list[CorrectedJob]] = {}
    totals: dict[str, int] = {}
    for change_id, job_id, sealed, totals[change_id] in log.session.execute(query):
        patch = log.opened_patch(change_id, job_id, sealed)
        jobs.setdefault(change_id, []).append(CorrectedJob(job_id, patch.differences()))
    return jobs, totals
