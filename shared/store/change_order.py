"""Which change may be undone: not one that a later change stands on."""

from sqlalchemy import select

from shared.corrections import ChangeKind, ChangeState, CorrectedJob, Correction
from shared.store.changes import ChangeLog
from shared.store.schema import Change, ChangedJob

MOST_JOBS_SHOWN = 1000

_GIVES_IDS = frozenset({ChangeKind.RENAME, ChangeKind.MERGE})
_USES_VOICEPRINTS = _GIVES_IDS | {ChangeKind.REMATCH}


def blocker_of(log: ChangeLog, change: Change) -> Change | None:
    """The first later change that stands on this one; None if there is none, or it is undone."""
    later = select(Change).where(
        Change.tenant_id == log.tenant_id,
        Change.created_at > change.created_at,
        Change.undone_at.is_(None),
        Change.kind != ChangeKind.UNDO,
    )
    for one in log.session.scalars(later.order_by(Change.created_at, Change.id)).all():
        if _share_speaker(log, change, one) or _share_segments(log, change, one):
            return one
    return None


def shown(log: ChangeLog, change: Change) -> Correction:
    """A change as its tenant sees it."""
    details = log.details_of(change)
    may_be_undone = change.undone_at is None and change.kind != ChangeKind.UNDO
    blocker = blocker_of(log, change) if may_be_undone else None
    jobs = log.patches_of(change, limit=MOST_JOBS_SHOWN, only_different=True)
    return Correction(
        id=change.id,
        kind=change.kind,
        state=change.state,
        speaker_id=details.speaker_id,
        other_id=details.other_id,
        created_at=change.created_at,
        undone_at=change.undone_at,
        undoes=change.undoes,
        jobs=tuple(CorrectedJob(job_id, patch.differences()) for job_id, patch in jobs),
        num_jobs=log.count_different(change),
        blocked_by=blocker.id if blocker else None,
        can_undo=may_be_undone and blocker is None and change.state != ChangeState.PENDING,
    )


def _share_speaker(log: ChangeLog, change: Change, later: Change) -> bool:
    """Whether the later one would not be what it is without this one's speaker, or his voiceprint.

    Two namings of one speaker each brought a sample of their own.
    """
    of_change, of_later = log.details_of(change), log.details_of(later)
    uses = later.kind in _USES_VOICEPRINTS or of_later.scope is not None
    if not uses and change.kind not in _GIVES_IDS:
        return False
    return bool({*of_change.speakers} & {*of_later.speakers} - {None})


def _share_segments(log: ChangeLog, change: Change, later: Change) -> bool:
    of_change = select(ChangedJob.job_id).where(ChangedJob.change_id == change.id)
    both = select(ChangedJob).where(ChangedJob.change_id == later.id, ChangedJob.job_id.in_(of_change))
    for row in log.session.scalars(both).all():
        earlier = log.session.get_one(ChangedJob, (change.id, row.job_id))
        if log.patch_of(earlier).overlaps(log.patch_of(row)):
            return True
    return False
