"""Changes as calls answer them, and what calls do after they are committed."""

from typing import Any

from flask import Response, jsonify, request

from api.authentication import current_caller
from api.context import services, submissions
from api.corrections import wait_for
from api.documentation.blueprint import Decorator, View
from api.v1 import correction_examples as shown_as
from api.v1 import correction_schemas as shapes
from api.v1.accepting import PREFERENCE, preferred_wait_seconds
from api.v1.blueprint import V1Blueprint
from shared.corrections import ChangeState
from shared.errors import ChangeNotFound, Overloaded
from shared.store.change_details import Written
from shared.store.changes import ChangeLog
from shared.store.shown_changes import shown
from shared.wire.v1_changes import change_resource

USUAL_WAIT_SECONDS = 30
"""For so long a call waits for a worker that compares voices, unless it prefers otherwise."""

TO_CHANGE = {
    name: {"operationId": name, "parameters": {"change_id": "$response.body#/id"}}
    for name in ("readChange", "undoChange")
}
_LOCATION = {"Location": {"description": "The change.", "schema": {"type": "string"}}}


def answers_change(
    blueprint: V1Blueprint, description: str, example: dict[str, Any], *, waits: bool = False
) -> Decorator:
    """Document what :func:`told` answers; where a worker is waited for, that it may not be done in time."""

    def decorate(view: View) -> View:
        if waits:
            view = blueprint.answers(
                202,
                shapes.Change,
                "A worker goes on comparing; read the change later.",
                example=shown_as.WAITING_CHANGE,
                headers=_LOCATION,
                links=TO_CHANGE,
            )(view)
        return blueprint.answers(
            200, shapes.Change, description, example=example, headers=_LOCATION, links=TO_CHANGE
        )(view)

    return decorate


def told(written: Written) -> Response:
    """Send the messages of a committed change, wait for a worker where it needs one, and answer it."""
    for delivery_id in written.delivery_ids:
        services().queue.send_delivery(delivery_id)
    for speaker_key in written.reviews:
        services().queue.send_review(speaker_key)
    resource = shown_change(written.change_id)
    if resource["status"] == ChangeState.PENDING:
        # Each message that a worker takes counts as an attempt; one that was lost the sweep sends again.
        if written.is_new:
            services().queue.send_rematch(written.change_id)
        _wait(written.change_id)
        resource = shown_change(written.change_id)
    response = jsonify(resource)
    response.status_code = 202 if resource["status"] == ChangeState.PENDING else 200
    response.headers["Location"] = f"/v1/changes/{written.change_id}"
    return response


def shown_change(change_id: str) -> dict[str, Any]:
    """A change of the caller's. Raises ChangeNotFound."""
    with services().store.reading() as session:
        log = ChangeLog.of(session, current_caller().tenant_id, services().keyring)
        change = log.get(change_id)
        if change is None:
            raise ChangeNotFound(f"There is no change {change_id!r}; GET /v1/changes lists those there are.")
        return change_resource(*shown(log, [change]))


def _wait(change_id: str) -> None:
    tenant_id, prefer = current_caller().tenant_id, request.headers.get("Prefer", "")
    seconds = preferred_wait_seconds(prefer) if PREFERENCE.search(prefer) else USUAL_WAIT_SECONDS
    try:
        with submissions().waiting_room.seat(tenant_id):
            wait_for(services(), tenant_id, change_id, min(seconds, services().settings.sync_wait_seconds))
    except Overloaded:
        return  # to wait is a courtesy; the change is written down all the same
