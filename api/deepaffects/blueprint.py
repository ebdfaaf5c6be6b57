"""The dialect's blueprint: its prefix, its body parser, its authentication, its documentation."""

from typing import Any

from flask import Request
from marshmallow import EXCLUDE, Schema
from webargs.flaskparser import FlaskParser

from api.context import admit, close_after_request, services
from api.deepaffects.answers import Fault
from api.documentation import DocumentedBlueprint
from api.documentation.blueprint import View
from api.intake import parse_json, receive
from shared import errors

PREFIX = "/audio/generic/api"

BODY_ERRORS = (errors.MalformedBody, errors.BodyIncomplete, errors.ContentTooLarge)
# What a job may be refused for before it is queued.
SUBMISSION_ERRORS = (
    *BODY_ERRORS,
    errors.RequestIdReused,
    errors.AudioEmpty,
    errors.AudioUnreadable,
    errors.EgressDenied,
    errors.QuotaSpent,
    errors.TooManyWaiting,
)
# What a caller who waits for a job learns of it.
JOB_ERRORS = (
    errors.AudioTooLong,
    errors.AudioUnreachable,
    errors.JobCanceled,
    errors.WorkerLost,
    errors.WaitEnded,
)
SPEAKER_ERRORS = (errors.SpeakerUnknown, errors.EnrollmentIncomplete)


class LenientJsonParser(FlaskParser):
    """Takes any Content-Type for JSON and ignores unknown fields: old clients need both."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": EXCLUDE, "query": EXCLUDE}  # noqa: RUF012

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """The body as an object. Raises MalformedBody and BodyIncomplete."""
        file = receive(req, services().settings.body_seconds)
        close_after_request(file)
        return parse_json(file)


class DialectBlueprint(DocumentedBlueprint):
    """A blueprint that parses leniently."""

    def submits(self, view: View) -> View:
        """Document what any call may be answered whose query holds addresses."""
        documented: View = self.alt_response(
            414,
            schema={"type": "string"},
            content_type="text/html",
            description="The request line is longer than 8 kB; the HTTP server refuses it before it is read.",
        )(view)
        return documented

    ARGUMENTS_PARSER = LenientJsonParser()
    ERROR_SCHEMA = Fault
    OPERATION_PREFIX = "deepaffects"
    COMMON_ERRORS = (
        errors.InvalidField,
        errors.InvalidApiKey,
        errors.ScopeMissing,
        errors.RateLimited,
        errors.NotFound,
        *DocumentedBlueprint.COMMON_ERRORS,
    )


dialect = DialectBlueprint(
    "deepaffects", __name__, description="Dialect 1: the API of the retired DeepAffects service."
)

dialect.before_request(admit)
