"""Webhooks as such: the secrets that sign them, and a test event on demand."""

import json
from typing import Any

from flask import Response, jsonify

from api.authentication import current_caller, needs
from api.context import services
from api.v1 import examples
from api.v1 import webhook_resources as shapes
from api.v1.blueprint import BODY_ERRORS, V1Blueprint
from api.v1.fields import Body, WebAddress, rotation_overlap, text
from shared.domain import Scope
from shared.errors import EgressDenied
from shared.store import dispatch, webhook_secrets
from shared.store.schema import now
from shared.wire import v1

webhooks = V1Blueprint("webhooks", "what signs webhooks, and a test of them")


class RotationBody(Body):
    """How long the secret before goes on signing."""

    overlap_seconds = rotation_overlap("0, if the secret before is in wrong hands.")


class WebhookTestBody(Body):
    """Which receiver to test."""

    url = text("An http or https url.", required=True, validate=WebAddress(), metadata={"format": "uri"})


@webhooks.get("/webhooks/secrets")
@webhooks.answers(200, shapes.SigningSecrets, "The secrets.", example=examples.SIGNING_SECRETS)
@webhooks.fails_with()
@needs(Scope.ADMIN)
def list_signing_secrets() -> Response:
    """The secrets that sign the tenant's webhooks, newest first."""
    with services().store.writing() as session:
        found = webhook_secrets.in_use(session, current_caller().tenant_id, services().keyring, now())
    return jsonify({"items": [v1.signing_secret_resource(secret) for secret in found]})


@webhooks.post("/webhooks/secrets")
@webhooks.arguments(RotationBody, example=examples.ROTATION)
@webhooks.answers(201, shapes.SigningSecret, "It signs from now on.", example=examples.SIGNING_SECRET)
@webhooks.fails_with(*BODY_ERRORS)
@needs(Scope.ADMIN)
def rotate_signing_secret(body: dict[str, Any]) -> tuple[Response, int]:
    """Sign with a new secret, and with the one before until the overlap is over."""
    with services().store.writing() as session:
        made = webhook_secrets.rotate(
            session, current_caller().tenant_id, services().keyring, now(), body["overlap_seconds"]
        )
    return jsonify(v1.signing_secret_resource(made)), 201


@webhooks.post("/webhooks/test")
@webhooks.arguments(WebhookTestBody, example=examples.WEBHOOK_TO_TEST)
@webhooks.answers(202, shapes.Delivery, "The test event is sent.", example=examples.TEST_DELIVERY)
@webhooks.fails_with(*BODY_ERRORS, EgressDenied)
@needs(Scope.ADMIN)
def test_webhook(body: dict[str, Any]) -> tuple[Response, int]:
    """Send a signed test event to a url; the delivery tells what it met."""
    services().egress.check_url(body["url"], "url")
    event = json.dumps(v1.test_event(now())).encode()
    with services().store.writing() as session:
        delivery = dispatch.new_delivery(
            session, current_caller().tenant_id, services().keyring, body["url"], event, job_id=None
        )
    services().queue.send_delivery(delivery.id)
    response = jsonify(v1.delivery_resource(delivery, body["url"]))
    response.headers["Location"] = f"/v1/deliveries/{delivery.id}"
    return response, 202
