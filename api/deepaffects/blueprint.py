"""The dialect's blueprint: its prefix, its body parser, its authentication."""

from typing import Any

from flask import Request, request
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema
from webargs.flaskparser import FlaskParser

from api.authentication import require_caller
from api.context import close_after_request, services
from api.intake import parse_json, receive

PREFIX = "/audio/generic/api"


class LenientJsonParser(FlaskParser):
    """Takes any Content-Type for JSON and ignores unknown fields: old clients need both."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": EXCLUDE, "query": EXCLUDE}  # noqa: RUF012

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """The body as an object. Raises MalformedBody and BodyIncomplete."""
        file = receive(req, services().settings.body_seconds)
        close_after_request(file)
        return parse_json(file)


class DialectBlueprint(Blueprint):
    """A blueprint that parses leniently."""

    ARGUMENTS_PARSER = LenientJsonParser()


dialect = DialectBlueprint("deepaffects", __name__)


@dialect.before_request
def authenticate() -> None:
    """Nobody gets further without a key."""
    require_caller(request, services())
