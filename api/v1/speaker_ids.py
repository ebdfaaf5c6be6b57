"""Ids that a call may give to a speaker."""

from marshmallow import ValidationError

from api.authentication import current_caller
from api.context import services
from api.v1.fields import SPEAKER_ID
from shared.errors import InvalidField
from shared.store.speakers import Speakers

NEW_SPEAKER = {
    "in": "path",
    "name": "speaker_id",
    "required": True,
    "schema": {"type": "string", "pattern": SPEAKER_ID.regex.pattern},
    "description": "An id of your choice, or one that is enrolled; `confusable` names a list and no one new.",
}
RESERVED_IDS = frozenset({"confusable"})
"""Paths below /v1/speakers that are no speaker's."""


def require_usable(speaker_id: str, *, field: str = "speaker_id") -> None:
    """Raises InvalidField for an id that no speaker may have, or no new one."""
    try:
        SPEAKER_ID(speaker_id)
    except ValidationError as error:
        raise InvalidField(f"{field} {error.messages[0]}", field=field) from None
    if speaker_id in RESERVED_IDS and not _is_enrolled(speaker_id):
        message = f"{field} {speaker_id!r} is the name of a list; choose another."
        raise InvalidField(message, field=field)


def _is_enrolled(speaker_id: str) -> bool:
    # The other dialect may have made him.
    with services().store.reading() as session:
        speakers = Speakers(session, current_caller().tenant_id, services().settings.enroll_complete_seconds)
        return speakers.key_of(speaker_id) is not None
