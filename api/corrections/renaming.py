"""Giving a speaker another id, everywhere."""

from sqlalchemy import select

from shared.corrections import ChangeKind
from shared.errors import SpeakerBusy, SpeakerExists, SpeakerNotFound
from shared.services import Services
from shared.store import called_otherwise, waiting_changes
from shared.store.change_details import Details, Written
from shared.store.changes import ChangeLog
from shared.store.schema import Change, Job, Speaker


def rename(services: Services, tenant_id: str, speaker_id: str, new_id: str) -> Written:
    """Rename a speaker, and him in all that names him.

    Raises SpeakerNotFound, SpeakerExists and SpeakerBusy.
    """
    with services.store.writing() as session:
        log = ChangeLog.of(session, tenant_id, services.keyring)
        log.one_at_a_time()
        speaker = locked(log, speaker_id)
        require_free(log, new_id)
        require_idle(log, speaker_id)
        speaker.speaker_id = new_id
        session.flush()
        called_otherwise.rename_in_warnings(session, tenant_id, speaker_id, new_id)
        change = log.add(ChangeKind.RENAME, Details((new_id, speaker_id)))
        deliveries = log.alter(change, called_otherwise.patches(session, tenant_id, speaker_id, new_id))
        return Written(change.id, tuple(deliveries))


def locked(log: ChangeLog, speaker_id: str) -> Speaker:
    """A speaker, whom nobody else changes until the transaction ends. Raises SpeakerNotFound."""
    return required(find(log, speaker_id), speaker_id)


def required(found: Speaker | None, speaker_id: str, *, field: str | None = None) -> Speaker:
    """A speaker who was looked for. Raises SpeakerNotFound."""
    if found is None:
        raise SpeakerNotFound(
            f"There is no speaker {speaker_id!r}; GET /v1/speakers lists those there are.", field=field
        )
    return found


def find(log: ChangeLog, speaker_id: str) -> Speaker | None:
    """The same, or None."""
    of_him = select(Speaker).where(Speaker.tenant_id == log.tenant_id, Speaker.speaker_id == speaker_id)
    return log.session.scalar(of_him.with_for_update())


def require_free(log: ChangeLog, speaker_id: str) -> None:
    """Raises SpeakerExists where an id is taken."""
    if find(log, speaker_id) is not None:
        raise SpeakerExists(
            f"There is a speaker {speaker_id!r} already; choose another id, or merge the two if they are one "
            "person.",
            field="speaker",
        )


def require_idle(log: ChangeLog, speaker_id: str) -> None:
    """Raises SpeakerBusy while samples or names of a speaker are still to come, under the id that he has."""
    if called_otherwise.has_enrolments_under_way(log.session, log.tenant_id, speaker_id):
        raise SpeakerBusy(
            f"Enrolments of {speaker_id!r} are under way; wait until they have ended, or cancel them."
        )
    if any(_may_meet(log, change, speaker_id) for change in log.pending()):
        raise SpeakerBusy(f"Voices are being compared with {speaker_id!r}; wait until that is done.")


def _may_meet(log: ChangeLog, change: Change, speaker_id: str) -> bool:
    """Whether who compares voices for a change may come upon a speaker: also in jobs that look for him."""
    details = log.details_of(change)
    if speaker_id in details.speakers:
        return True
    looking = waiting_changes.in_scope(called_otherwise.mentioning(log.tenant_id, speaker_id), details.scope)
    return log.session.scalar(looking.with_only_columns(Job.id).limit(1)) is not None
