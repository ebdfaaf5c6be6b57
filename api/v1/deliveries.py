"""Webhook deliveries: every attempt, and sending again."""

from typing import Any

from flask import Response, jsonify
from marshmallow import fields, validate

from api.authentication import current_caller, needs
from api.context import services
from api.v1 import examples, resources
from api.v1 import webhook_resources as shapes
from api.v1.blueprint import BODY_ERRORS, V1Blueprint
from api.v1.fields import Body, in_utc
from api.v1.paging import PageQuery, page, read_cursor
from shared.domain import DeliveryState, Scope
from shared.errors import DeliveryNotFound
from shared.store import deliveries as ledger
from shared.store.listing import position
from shared.store.row_seals import row_seal
from shared.wire import v1

deliveries = V1Blueprint("deliveries", "webhooks that were or will be sent")


class DeliveriesQuery(PageQuery):
    """The query of the list of deliveries."""

    status = fields.String(
        load_default=None,
        allow_none=False,
        validate=validate.OneOf(list(DeliveryState), error=f"must be one of {', '.join(DeliveryState)}."),
    )


class RedeliverBody(Body):
    """Which deliveries to send again."""

    since = fields.AwareDateTime(
        required=True,
        validate=in_utc,
        error_messages={
            "required": "is missing; send a time.",
            "invalid": "must be a time in ISO 8601 with its zone.",
        },
    )


@deliveries.get("/deliveries")
@deliveries.arguments(DeliveriesQuery, location="query")
@deliveries.answers(
    200,
    resources.page_of(shapes.Delivery),
    "A page of deliveries.",
    example=examples.page(examples.DELIVERY),
)
@deliveries.fails_with()
def list_deliveries(query: dict[str, Any]) -> Response:
    """The tenant's deliveries, newest first."""
    with services().store.reading() as session:
        found = ledger.newest(
            session,
            current_caller().tenant_id,
            state=query["status"],
            after=read_cursor(query["cursor"]),
            limit=query["limit"] + 1,
        )
        seal = row_seal(session, current_caller().tenant_id, services().keyring)
    return page(found, query["limit"], position, lambda one: v1.delivery_resource(one, seal.url_of(one)))


@deliveries.get("/deliveries/<string(length=36):delivery_id>")
@deliveries.answers(
    200, shapes.DeliveryWithAttempts, "The delivery.", example=examples.DELIVERY_WITH_ATTEMPTS
)
@deliveries.fails_with(DeliveryNotFound)
def read_delivery(delivery_id: str) -> Response:
    """A delivery with its attempts."""
    return _shown(delivery_id)


@deliveries.post("/deliveries/<string(length=36):delivery_id>/redeliver")
@deliveries.answers(
    200, shapes.DeliveryWithAttempts, "It is sent again.", example=examples.DELIVERY_WITH_ATTEMPTS
)
@deliveries.fails_with(DeliveryNotFound)
@needs(Scope.ADMIN)
def redeliver(delivery_id: str) -> Response:
    """Send a delivery again now, with a schedule that starts anew."""
    with services().store.writing() as session:
        found = ledger.restart(session, current_caller().tenant_id, delivery_id=delivery_id)
    if not found:
        raise _no_delivery(delivery_id)
    services().queue.send_delivery(delivery_id)
    return _shown(delivery_id)


@deliveries.post("/deliveries/redeliver")
@deliveries.arguments(RedeliverBody, example=examples.REDELIVER)
@deliveries.answers(200, shapes.Redelivered, "They are sent again.", example=examples.REDELIVERED)
@deliveries.fails_with(*BODY_ERRORS)
@needs(Scope.ADMIN)
def redeliver_since(body: dict[str, Any]) -> Response:
    """Send again every delivery since a time that did not arrive."""
    with services().store.writing() as session:
        found = ledger.restart(session, current_caller().tenant_id, exhausted_since=body["since"])
    for delivery_id in found:
        services().queue.send_delivery(delivery_id)
    return jsonify({"redelivered": len(found)})


def _shown(delivery_id: str) -> Response:
    with services().store.reading() as session:
        found = ledger.get_of_tenant(session, current_caller().tenant_id, delivery_id)
        if found is None:
            raise _no_delivery(delivery_id)
        attempts = ledger.attempts_of(session, delivery_id)
        seal = row_seal(session, found.tenant_id, services().keyring)
    shown = [v1.attempt_resource(one, seal.answer_of(one)) for one in attempts]
    return jsonify(v1.delivery_resource(found, seal.url_of(found)) | {"attempts": shown})


def _no_delivery(delivery_id: str) -> DeliveryNotFound:
    return DeliveryNotFound(
        f"There is no delivery {delivery_id!r}; GET /v1/deliveries lists those there are."
    )
