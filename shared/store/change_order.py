"""Which change may be undone: not one that a later change stands on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select, tuple_
from sqlalchemy.orm import aliased, defer

from shared.corrections import ChangeKind, ChangeState
from shared.store.changes import ChangeLog
from shared.store.schema import Change, ChangedJob

ROWS_AT_ONCE = 100
MOST_AT_ONCE = 50
"""So many later changes are compared with one at once: databases bound what a query may name."""

_GIVES_IDS = frozenset({ChangeKind.RENAME, ChangeKind.MERGE})
_USES_VOICEPRINTS = _GIVES_IDS | {ChangeKind.REMATCH}


@dataclass(frozen=True, order=True)
class Later:
    """A change that was made after another; the earliest comes first."""

    created_at: datetime
    id: str
    kind: str


def blocker_of(log: ChangeLog, change: Change) -> Later | None:
    """The first later change that stands on this one; None if there is none, or it is undone."""
    return blockers_of(log, [change]).get(change.id)


def blockers_of(log: ChangeLog, changes: Sequence[Change]) -> dict[str, Later]:
    """The same of each of several changes, by the ids of those that one stands on."""
    blockers = _first_about_speakers(log, changes)
    waiting = _sharing_jobs(log, changes, before=blockers)
    # Of those who altered the same jobs mostly the first stands on a change: others are read if it does not.
    number = 1
    while waiting:
        some = {change_id: later[:number] for change_id, later in waiting.items()}
        pairs = {(change_id, one.id) for change_id, later in some.items() for one in later}
        standing = _overlapping(log, pairs)
        found = {
            change_id: min(one for one in later if (change_id, one.id) in standing)
            for change_id, later in some.items()
            if any((change_id, one.id) in standing for one in later)
        }
        blockers |= found
        waiting = {
            change_id: later[number:]
            for change_id, later in waiting.items()
            if later[number:] and change_id not in found
        }
        number = MOST_AT_ONCE
    return blockers


def _first_about_speakers(log: ChangeLog, changes: Sequence[Change]) -> dict[str, Later]:
    """The first later change that would not be what it is without the speaker of one, or his voiceprint.

    Two namings of one speaker each brought a sample of their own.
    """
    about: dict[str, list[Change]] = {}
    for change in changes:
        for speaker_id in {*log.details_of(change).speakers} - {None}:
            about.setdefault(str(speaker_id), []).append(change)
    found: dict[str, Later] = {}
    for later in _mentioning(log, about):
        details = log.details_of(later)
        uses = later.kind in _USES_VOICEPRINTS or details.scope is not None
        for change in (one for speaker_id in details.speakers for one in about.get(str(speaker_id), ())):
            if later.created_at > change.created_at and (uses or change.kind in _GIVES_IDS):
                found.setdefault(change.id, Later(later.created_at, later.id, later.kind))
    return found


def _mentioning(log: ChangeLog, about: Mapping[str, Sequence[Change]]) -> Iterable[Change]:
    """Changes that may stand on others for their speakers, in order; a few others may be among them."""

    def mentioned(speaker_ids: Iterable[str]) -> ColumnElement[bool]:
        hashes = [log.hash_of(one) for one in speaker_ids]
        return or_(false(), *(Change.mentions.contains(one, autoescape=True) for one in hashes))

    given = [one for one, changes in about.items() if any(change.kind in _GIVES_IDS for change in changes)]
    # A naming that has voices compared as well waits for a worker, or was taken by one.
    uses = or_(Change.kind.in_(_USES_VOICEPRINTS), Change.state == ChangeState.PENDING, Change.attempts > 0)
    query = select(Change).where(*_may_block(log), or_(and_(uses, mentioned(about)), mentioned(given)))
    since = min((one.created_at for changes in about.values() for one in changes), default=None)
    if since is None:
        return ()
    query = query.where(Change.created_at > since).options(defer(Change.mentions))
    return log.session.scalars(query.order_by(Change.created_at, Change.id)).all()


def _sharing_jobs(
    log: ChangeLog, changes: Sequence[Change], *, before: Mapping[str, Later]
) -> dict[str, list[Later]]:
    """By the ids of changes the later ones that altered a job of theirs, in order, until a blocker."""
    earlier, ours = aliased(Change), aliased(ChangedJob)
    query = (
        select(earlier.id, Change.created_at, Change.id, Change.kind)
        .join(ours, ours.change_id == earlier.id)
        .join(ChangedJob, ChangedJob.job_id == ours.job_id)
        .join(Change, Change.id == ChangedJob.change_id)
        .where(
            earlier.id.in_([one.id for one in changes]),
            Change.created_at > earlier.created_at,
            *_may_block(log),
        )
        .distinct()
    )
    found: dict[str, list[Later]] = {}
    for change_id, made_at, later_id, kind in log.session.execute(query):
        later = Later(made_at, later_id, kind)
        if change_id not in before or later < before[change_id]:
            found.setdefault(change_id, []).append(later)
    return {change_id: sorted(later) for change_id, later in found.items()}


def _overlapping(log: ChangeLog, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of pairs of a change's id and a later one's those that changed the same segments."""
    ours, theirs = aliased(ChangedJob), aliased(ChangedJob)
    query = (
        select(ours.change_id, theirs.change_id, ours.job_id, ours.sealed_patch, theirs.sealed_patch)
        .join(theirs, theirs.job_id == ours.job_id)
        .where(
            # Each by its index; the pairs, of two tables, have none.
            ours.change_id.in_({change_id for change_id, _ in pairs}),
            theirs.change_id.in_({later_id for _, later_id in pairs}),
            tuple_(ours.change_id, theirs.change_id).in_(pairs),
        )
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    found: set[tuple[str, str]] = set()
    for change_id, later_id, job_id, sealed, of_later in log.session.execute(query):
        if (change_id, later_id) in found:
            continue
        patch = log.opened_patch(change_id, job_id, sealed)
        if patch.overlaps(log.opened_patch(later_id, job_id, of_later)):
            found.add((change_id, later_id))
    return found


def _may_block(log: ChangeLog) -> tuple[ColumnElement[bool], ...]:
    return Change.tenant_id == log.tenant_id, Change.undone_at.is_(None), Change.kind != ChangeKind.UNDO
