"""The dialect's blueprint: its prefix, its body parser, its authentication."""

from typing import Any

from flask import Request, current_app, request
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from api.authentication import require_caller
from api.submission import Submissions
from shared.errors import MalformedBody
from shared.services import Services

PREFIX = "/audio/generic/api"


class LenientJsonParser(FlaskParser):
    """Takes any Content-Type for JSON and ignores unknown fields: old clients need both."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": EXCLUDE, "query": EXCLUDE}  # noqa: RUF012

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """The body as an object. Raises MalformedBody."""
        try:
            body = req.get_json(force=True)
        except HTTPException as error:
            if error.code == 413:  # noqa: PLR2004
                raise
            raise MalformedBody("The body is not valid JSON; send one JSON object.") from None
        if not isinstance(body, dict):
            raise MalformedBody("The body must be one JSON object, with its fields by name.")
        return body


class DialectBlueprint(Blueprint):
    """A blueprint that parses leniently."""

    ARGUMENTS_PARSER = LenientJsonParser()


dialect = DialectBlueprint("deepaffects", __name__)


@dialect.before_request
def authenticate() -> None:
    """Nobody gets further without a key."""
    require_caller(request, services())


def services() -> Services:
    """The process's services."""
    found: Services = current_app.extensions["services"]
    return found


def submissions() -> Submissions:
    """The shared submission path."""
    found: Submissions = current_app.extensions["submissions"]
    return found
