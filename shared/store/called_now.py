"""What somebody is called by now who was renamed while a worker was at work."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared.corrections import ChangeKind
from shared.crypto import KeyRing
from shared.store.called_otherwise import renamed
from shared.store.changes import ChangeLog
from shared.store.schema import Change

_RENAMING = (ChangeKind.RENAME, ChangeKind.MERGE, ChangeKind.UNDO)
# Made once: making it takes longer than answering it.
_RENAMED_SINCE = (
    select(Change)
    .where(
        Change.tenant_id == bindparam("tenant"),
        Change.created_at >= bindparam("since"),
        Change.kind.in_(_RENAMING),
    )
    .order_by(Change.created_at)
)


def as_called_now(
    session: Session, tenant_id: str, result: dict[str, Any], since: datetime, keyring: KeyRing
) -> dict[str, Any]:
    """A result, as the ledger keeps it, that was found with the ids of a moment ago."""
    changes = session.scalars(_RENAMED_SINCE, {"tenant": tenant_id, "since": since}).all()
    if not changes:
        return result
    log = ChangeLog.of(session, tenant_id, keyring)
    for change in changes:
        if ids := _old_and_new(log, change):
            result = renamed(result, *ids)
    return result


def _old_and_new(log: ChangeLog, change: Change) -> tuple[str, str] | None:
    details = log.details_of(change)
    now, before = str(details.speaker_id), str(details.other_id)
    if change.kind != ChangeKind.UNDO:
        return before, now
    undone = log.get(str(change.undoes))
    # Of two who were one, nobody can tell which was meant.
    return (now, before) if undone is not None and undone.kind == ChangeKind.RENAME else None
