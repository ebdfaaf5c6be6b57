"""Taking a change back: results, speakers, samples and voiceprints are what they were before."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from api.corrections.renaming import find, locked, require_free, require_idle
from shared.consent import Consent
from shared.corrections import ChangeKind, ChangeState
from shared.errors import ChangeBlocked, ChangeNotFound, ChangePending, ChangeUndone
from shared.services import Services
from shared.store import called_otherwise, consents, jobs, reviews
from shared.store.change_details import Details, Written
from shared.store.change_order import blocker_of
from shared.store.changes import ChangeLog
from shared.store.patches import JobPatch
from shared.store.sample_owners import move_samples
from shared.store.schema import Change, Job, Sample, Speaker, new_id, now
from shared.store.voice_seals import new_speaker_key

Kept = dict[str, Any]
Patches = Iterator[tuple[Job, JobPatch]]


def undo(services: Services, tenant_id: str, change_id: str) -> Written:
    """Take a change back.

    Raises ChangeNotFound, ChangeUndone, ChangePending, ChangeBlocked, SpeakerExists and SpeakerBusy.
    """
    with services.store.writing() as session:
        log = ChangeLog.of(session, tenant_id, services.keyring)
        log.one_at_a_time()
        change = require_undoable(log, change_id)
        details = log.details_of(change)
        take_back = _WAYS[ChangeKind(change.kind)]
        reviews_due = take_back(log, details)
        undone = log.add(ChangeKind.UNDO, Details(details.speakers), undoes=change.id)
        deliveries = log.alter(undone, _taken_back(log, change))
        if change.kind == ChangeKind.RENAME:
            deliveries += log.alter(undone, _named_since(log, change, details))
        change.undone_at = now()
        return Written(undone.id, tuple(deliveries), reviews_due)


def require_undoable(log: ChangeLog, change_id: str) -> Change:
    """The change. Raises the reasons why it cannot be undone."""
    change = log.get(change_id)
    if change is None:
        raise ChangeNotFound(f"There is no change {change_id!r}; GET /v1/changes lists those there are.")
    if change.kind == ChangeKind.UNDO:
        raise ChangeUndone("The change is an undo itself; make the change that it took back once more.")
    if change.undone_at is not None:
        raise ChangeUndone("The change was undone already.")
    if change.state == ChangeState.PENDING:
        raise ChangePending("The change still waits for a worker; undo it when its status is done.")
    blocker = blocker_of(log, change)
    if blocker is not None:
        raise ChangeBlocked(f"The {blocker.kind} {blocker.id} stands on this change; undo that one first.")
    return change


def _taken_back(log: ChangeLog, change: Change) -> Patches:
    for job_id, patch in log.patches_of(change):
        job = jobs.get_of_tenant(log.session, log.tenant_id, job_id)
        if job is not None:
            yield job, patch.reversed()


def _named_since(log: ChangeLog, change: Change, details: Details) -> Patches:
    """Jobs that found the speaker under the id that he loses now."""
    return called_otherwise.patches(
        log.session,
        log.tenant_id,
        str(details.speaker_id),
        str(details.other_id),
        ended_since=change.created_at,
    )


def _nothing_more(_log: ChangeLog, _details: Details) -> tuple[str, ...]:
    return ()


def _take_back_naming(log: ChangeLog, details: Details) -> tuple[str, ...]:
    """Remove the sample that the naming brought, and the speaker if it was his only one."""
    undoing = details.undoing
    if "sample_id" not in undoing:
        return ()
    speaker = find(log, str(details.speaker_id))
    sample = log.session.get(Sample, undoing["sample_id"])
    if speaker is None or sample is None or sample.speaker_key != speaker.id:
        return ()
    log.session.delete(sample)
    log.session.flush()
    others = select(func.count()).where(Sample.speaker_key == speaker.id)
    if undoing["made_speaker"] and not log.session.scalars(others).one():
        log.session.delete(speaker)
        return ()
    if "consent" in undoing:
        before, brought = undoing["consent"]
        if speaker.consent == brought:
            _set_consent(log, speaker.id, before)
    reviews.demand(log.session, speaker.id)
    return (speaker.id,)


def _take_back_rename(log: ChangeLog, details: Details) -> tuple[str, ...]:
    new, old = str(details.speaker_id), str(details.other_id)
    speaker = locked(log, new)
    require_free(log, old)
    require_idle(log, new)
    speaker.speaker_id = old
    log.session.flush()
    called_otherwise.rename_in_warnings(log.session, log.tenant_id, new, old)
    return ()


def _take_back_merge(log: ChangeLog, details: Details) -> tuple[str, ...]:
    undoing = details.undoing
    speaker_id, other_id = str(details.speaker_id), str(details.other_id)
    speaker = locked(log, speaker_id)
    require_free(log, other_id)
    require_idle(log, speaker_id)
    key = new_id()
    other = Speaker(
        id=key,
        tenant_id=log.tenant_id,
        speaker_id=other_id,
        wrapped_key=new_speaker_key(log.key, log.tenant_id, key),
        created_at=datetime.fromisoformat(undoing["other"]["created_at"]),
    )
    log.session.add(other)
    log.session.flush()
    _set_consent(log, key, undoing["other"]["consent"])
    # Whoever agreed to something else since then keeps to that.
    if speaker.consent == consents.later(undoing["consent"], undoing["other"]["consent"]):
        _set_consent(log, speaker.id, undoing["consent"])
    called_otherwise.restore_warnings(
        log.session, log.tenant_id, other_id, speaker_id, undoing["warnings"], own_key=speaker.id
    )
    move_samples(log.session, log.key, speaker, other, undoing["sample_ids"])
    return speaker.id, key


def _set_consent(log: ChangeLog, speaker_key: str, consent: Kept | None) -> None:
    expires_at = Consent.from_json(consent).expires_at if consent else None
    of_him = update(Speaker).where(Speaker.id == speaker_key)
    log.session.execute(of_him.values(consent=consent, consent_expires_at=expires_at))


_WAYS: dict[ChangeKind, Callable[[ChangeLog, Details], tuple[str, ...]]] = {
    ChangeKind.NAMING: _take_back_naming,
    ChangeKind.REMATCH: _nothing_more,
    ChangeKind.RENAME: _take_back_rename,
    ChangeKind.MERGE: _take_back_merge,
}
