"""Names that are corrected after jobs have ended: naming, rematching, renaming, merging; and undoing it."""

from typing import Any

from flask import Response, jsonify

from api import corrections
from api.authentication import current_caller, needs
from api.context import services
from api.corrections import Naming
from api.v1 import correction_examples as shown_as
from api.v1 import correction_schemas as shapes
from api.v1 import examples, resources
from api.v1.accepting import HEADERS, idempotency_key
from api.v1.blueprint import BODY_ERRORS, V1Blueprint
from api.v1.changed import TO_CHANGE, answers_change, shown_change, told
from api.v1.paging import PageQuery, page, read_cursor
from api.v1.speaker_ids import require_usable
from shared import errors
from shared.domain import Scope
from shared.store.changes import ChangeLog
from shared.store.listing import position
from shared.store.shown_changes import shown
from shared.wire.v1_changes import change_resource

changes = V1Blueprint("changes", "names that are corrected after jobs have ended")


@changes.post("/jobs/<job_id>/names", parameters=list(HEADERS))
@changes.arguments(
    shapes.NamesBody,
    examples={"somebody's": {"value": shown_as.NAMES}, "nobody's": {"value": shown_as.NOBODY}},
)
@answers_change(changes, "The result is corrected.", shown_as.CHANGE, waits=True)
@changes.fails_with(
    *BODY_ERRORS,
    errors.JobNotFound,
    errors.VoiceNotFound,
    errors.SpeakerNotFound,
    errors.ResultNotReady,
    errors.VoicesNotKept,
    errors.InsufficientSpeech,
    errors.ConsentRequired,
    errors.IdempotencyKeyReused,
)
@needs(Scope.ENROLL)
def name_voice(body: dict[str, Any], job_id: str) -> Response:
    """Say whose a voice of a finished job is; it becomes a sample of his, unless that is not wanted."""
    if body["speaker"] is not None:
        require_usable(body["speaker"], field="speaker")
    naming = Naming(job_id, body["voice"], body["speaker"], body["enroll"], body["rematch"], body["consent"])
    tenant_id = current_caller().tenant_id
    return told(corrections.name_voice(services(), tenant_id, naming, idempotency_key()))


@changes.get("/changes")
@changes.arguments(PageQuery, location="query")
@changes.answers(
    200, resources.page_of(shapes.Change), "A page of changes.", example=examples.page(shown_as.CHANGE)
)
@changes.fails_with()
def list_changes(query: dict[str, Any]) -> Response:
    """The tenant's changes of names, newest first."""
    with services().store.reading() as session:
        log = ChangeLog.of(session, current_caller().tenant_id, services().keyring)
        found = log.newest(after=read_cursor(query["cursor"]), limit=query["limit"] + 1)
        corrections_of = dict(zip(found, shown(log, found), strict=True))
        return page(found, query["limit"], position, lambda one: change_resource(corrections_of[one]))


@changes.get("/changes/<change_id>")
@changes.answers(200, shapes.Change, "The change.", example=shown_as.CHANGE, links=TO_CHANGE)
@changes.fails_with(errors.ChangeNotFound)
def read_change(change_id: str) -> Response:
    """A change, with what differs in the jobs that it altered."""
    return jsonify(shown_change(change_id))


@changes.post("/changes/<change_id>/undo")
@answers_change(changes, "It is taken back, by a change of its own.", shown_as.UNDONE)
@changes.fails_with(
    errors.ChangeNotFound,
    errors.ChangeUndone,
    errors.ChangePending,
    errors.ChangeBlocked,
    errors.SpeakerExists,
    errors.SpeakerBusy,
)
@needs(Scope.ENROLL)
def undo_change(change_id: str) -> Response:
    """Take a change back: results, speakers, samples and voiceprints are as before.

    One that a later change stands on cannot be undone before that.
    """
    return told(corrections.undo(services(), current_caller().tenant_id, change_id))
