"""Forgetting an erased speaker in the record of changes: nothing there may bring his name back."""

from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from shared.corrections import ChangeKind
from shared.store.change_details import Details
from shared.store.changes import ChangeLog
from shared.store.patches import JobPatch
from shared.store.row_seals import Column
from shared.store.schema import Change, ChangedJob, Delivery, DeliveryAttempt, Job, Speaker
from shared.store.unnamed import unnamed

Kept = dict[str, Any]


def forget_speaker(log: ChangeLog, speaker_id: str) -> int:
    """Remove changes that are about a speaker, with what they tell webhooks, and his name from others.

    So with what he was called before he was renamed, or was merged with him. How many changes there were.
    """
    return sum(_forget_id(log, one) for one in _ids_of(log, speaker_id))


def _ids_of(log: ChangeLog, speaker_id: str) -> list[str]:
    """A speaker's id, and those that he had; but none that somebody has now."""
    found, new = [speaker_id], [speaker_id]
    while new:
        earlier = [details.other_id for one in new for details in _gave_id(log, one)]
        new = [one for one in dict.fromkeys(earlier) if one is not None and one not in found]
        found += new
    enrolled = select(Speaker.speaker_id).where(
        Speaker.tenant_id == log.tenant_id, Speaker.speaker_id.in_(found[1:])
    )
    others = set(log.session.scalars(enrolled))
    return [one for one in found if one not in others]


def _gave_id(log: ChangeLog, speaker_id: str) -> list[Details]:
    """The renames and merges by which somebody is called so."""
    kinds = (ChangeKind.RENAME, ChangeKind.MERGE)
    query = _mentioning(log, speaker_id).where(Change.kind.in_(kinds), Change.undone_at.is_(None))
    told = [log.details_of(change) for change in log.session.scalars(query)]
    return [details for details in told if details.speaker_id == speaker_id]


def _forget_id(log: ChangeLog, speaker_id: str) -> int:
    found = log.session.scalars(_mentioning(log, speaker_id)).all()
    for change in found:
        if speaker_id in log.details_of(change).speakers:
            _remove(log.session, change.id)
        else:
            _forget_in(log, change, speaker_id)
    log.session.flush()
    return len(found)


def _mentioning(log: ChangeLog, speaker_id: str) -> Select[Change]:
    mentioned = Change.mentions.contains(log.hash_of(speaker_id), autoescape=True)
    return select(Change).where(Change.tenant_id == log.tenant_id, mentioned)


def renew_body(log: ChangeLog, delivery: Delivery) -> None:
    """Make what tells of a change anew, as the change and its job are now."""
    job = log.session.get(Job, delivery.job_id)
    change = log.session.get(Change, delivery.change_id)
    row = log.session.get(ChangedJob, (delivery.change_id, delivery.job_id))
    if job is None or change is None or row is None:
        # Forgotten for its age; what it told cannot be told without a name.
        log.session.delete(delivery)
        return
    body = log.body(change, job, log.patch_of(row))
    delivery.sealed_body = log.seal.sealed(Column.DELIVERY_BODY, delivery.id, body)
    # What a receiver answers may repeat what it was sent.
    attempts = update(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery.id)
    log.session.execute(attempts.values(sealed_answer=None))


def _remove(session: Session, change_id: str) -> None:
    session.execute(delete(Delivery).where(Delivery.change_id == change_id))
    session.execute(delete(Change).where(Change.id == change_id))


def _forget_in(log: ChangeLog, change: Change, speaker_id: str) -> None:
    log.amend(change, log.details_of(change).without(speaker_id))
    for row in log.session.scalars(select(ChangedJob).where(ChangedJob.change_id == change.id)).all():
        patch = log.patch_of(row)
        if speaker_id in patch.mentioned():
            log.rewrite(row, _without(patch, speaker_id))
    kept = [one for one in change.mentions.split() if one != log.hash_of(speaker_id)]
    change.mentions = " ".join(kept)
    log.session.flush()
    for delivery in log.session.scalars(select(Delivery).where(Delivery.change_id == change.id)).all():
        renew_body(log, delivery)


def _without(patch: JobPatch, speaker_id: str) -> JobPatch:
    def of_column(kept: Kept) -> Kept:
        left = {name: value for name, value in kept.items() if value != speaker_id}
        if "speaker_ids" in left:
            left["speaker_ids"] = [one for one in left["speaker_ids"] if one != speaker_id]
        if "warnings" in left:
            left["warnings"] = [one for one in left["warnings"] if one["speaker_id"] != speaker_id]
        return left

    return patch.mapped(lambda segment: unnamed(segment, speaker_id), of_column)
