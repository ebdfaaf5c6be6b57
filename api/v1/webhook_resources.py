"""What dialect 2 tells of webhooks: deliveries, attempts, secrets."""

from marshmallow import Schema, fields, validate

from api.v1.described import number as _number
from api.v1.described import text as _text
from api.v1.described import time as _time
from shared.domain import DeliveryState


class Delivery(Schema):
    """A webhook's delivery."""

    id = _text("Each attempt's webhook-id.")
    job_id = _text("Null for a test event.", allow_none=True)
    url = _text()
    status = _text(validate=validate.OneOf(list(DeliveryState)))
    attempts_made = fields.Integer(required=True)
    created_at = _time("When the job ended.")
    next_attempt_at = _time("When it is tried next.", allow_none=True)
    finished_at = _time("When it arrived or was given up.", allow_none=True)


class Attempt(Schema):
    """What one attempt met."""

    attempted_at = _time("When it began.")
    duration_seconds = _number("How long it took.")
    status_code = fields.Integer(required=True, allow_none=True)
    error = _text("Why there was no answer.", allow_none=True)
    answer = _text("The first 1024 bytes of it.", allow_none=True)


class DeliveryWithAttempts(Delivery):
    """A delivery with every attempt, oldest first."""

    attempts = fields.List(fields.Nested(Attempt), required=True)


class Redelivered(Schema):
    """How many deliveries are sent again."""

    redelivered = fields.Integer(required=True, validate=validate.Range(min=0))


class SigningSecret(Schema):
    """A secret that signs your webhooks; a receiver accepts a webhook that any of them signed."""

    id = _text()
    secret = _text("whsec_ and base64, as libraries of Standard Webhooks take it.")
    created_at = _time("When it was made.")
    expires_at = _time("When it ends to sign; null for the newest.", allow_none=True)


class SigningSecrets(Schema):
    """The secrets in use, newest first."""

    items = fields.List(fields.Nested(SigningSecret), required=True)


class WebhookTest(Schema):
    """What a webhook gets that is tested."""

    type = _text(validate=validate.Equal("webhook.test"))
    timestamp = _time("When the test was asked for.")
    data = fields.Dict(required=True)
