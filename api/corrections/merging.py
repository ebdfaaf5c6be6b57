"""Making one speaker of two who are one person."""

from typing import Any

from api.corrections.renaming import find, require_idle, required
from shared.corrections import ChangeKind
from shared.errors import InvalidField
from shared.services import Services
from shared.store import called_otherwise, consents
from shared.store.change_details import Details, Written
from shared.store.changes import ChangeLog
from shared.store.sample_owners import move_samples


def merge(services: Services, tenant_id: str, speaker_id: str, other_id: str) -> Written:
    """Make the other's samples this speaker's, name him where the other was named, and remove the other.

    Raises SpeakerNotFound, SpeakerBusy and InvalidField.
    """
    if other_id == speaker_id:
        raise InvalidField("speaker is the same speaker; name another.", field="speaker")
    with services.store.writing() as session:
        log = ChangeLog.of(session, tenant_id, services.keyring)
        log.one_at_a_time()
        # In an order of which others' locks cannot be the reverse.
        found = {one: find(log, one) for one in sorted((speaker_id, other_id))}
        speaker = required(found[speaker_id], speaker_id)
        other = required(found[other_id], other_id, field="speaker")
        require_idle(log, other_id)
        undoing: dict[str, Any] = {
            "consent": speaker.consent,
            "other": {"consent": other.consent, "created_at": other.created_at.isoformat()},
            "sample_ids": move_samples(session, log.key, other, speaker),
        }
        consents.keep(session, speaker.id, consents.later(speaker.consent, other.consent))
        session.delete(other)
        session.flush()
        undoing["warnings"] = called_otherwise.rename_in_warnings(
            session, tenant_id, other_id, speaker_id, own_key=speaker.id
        )
        change = log.add(ChangeKind.MERGE, Details((speaker_id, other_id), undoing))
        deliveries = log.alter(change, called_otherwise.patches(session, tenant_id, other_id, speaker_id))
        return Written(change.id, tuple(deliveries), (speaker.id,))
