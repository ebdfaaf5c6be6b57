"""What the dialect's blueprints have in common: strict parsing and authentication."""

from typing import Any

from flask import Request
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from api.context import admit, close_after_request, services
from api.documentation import DocumentedBlueprint
from api.intake import parse_json, receive
from api.v1.resources import Problem
from shared import errors
from shared.errors import UnsupportedMediaType

BODY_ERRORS = (
    errors.MalformedBody,
    errors.BodyIncomplete,
    errors.ContentTooLarge,
    errors.UnsupportedMediaType,
)
# What a job may be refused for before it is queued.
SUBMISSION_ERRORS = (
    *BODY_ERRORS,
    errors.AudioEmpty,
    errors.AudioUnreadable,
    errors.EgressDenied,
    errors.QuotaSpent,
    errors.TooManyWaiting,
    errors.IdempotencyKeyReused,
)


class StrictParser(FlaskParser):
    """Names unknown fields as mistakes, and takes JSON only where it is declared as such."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE, "form": RAISE}  # noqa: RUF012

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query without the key, which is not the schema's business."""
        query = MultiDict(req.args)
        query.pop("apikey", None)
        return self._makeproxy(query, schema)

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """The body as an object. Raises UnsupportedMediaType, MalformedBody and BodyIncomplete."""
        if not req.is_json:
            raise UnsupportedMediaType(
                "The body must be JSON; send it with 'Content-Type: application/json'."
            )
        file = receive(req, services().settings.body_seconds)
        close_after_request(file)
        return parse_json(file)


class V1Blueprint(DocumentedBlueprint):
    """A blueprint that parses strictly and lets nobody in without a key."""

    ARGUMENTS_PARSER = StrictParser()
    ERROR_SCHEMA = Problem
    ERROR_CONTENT_TYPE = "application/problem+json"
    COMMON_ERRORS = (
        errors.InvalidField,
        errors.InvalidApiKey,
        errors.ScopeMissing,
        errors.RateLimited,
        errors.NotFound,
        *DocumentedBlueprint.COMMON_ERRORS,
    )

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, f"api.v1.{name}", url_prefix="/v1", description=f"Dialect 2: {description}")
        self.before_request(admit)
