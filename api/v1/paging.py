"""Lists a page at a time: a cursor names the last row that was shown, so new rows disturb nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from shared.errors import InvalidField

Row = TypeVar("Row")
LARGEST_PAGE = 200


class PageQuery(Schema):
    """The query of every list."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, LARGEST_PAGE, error=f"must be from 1 to {LARGEST_PAGE}."),
        error_messages={"invalid": "must be a whole number."},
    )
    cursor = fields.String(
        load_default=None, allow_none=False, metadata={"description": "next_cursor of the page before."}
    )


def read_cursor(text: str | None) -> list[str] | None:
    """The sort key of the last row shown; None for the first page. Raises InvalidField."""
    if text is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or not all(map(_is_plain, key)):
        raise InvalidField(
            "cursor is not one that a list gave; leave it out for the first page.", field="cursor"
        )
    return key


def _is_plain(part: object) -> bool:
    # All keys of ours are; JSON can also write halves of characters, which no database takes.
    return isinstance(part, str) and part.isascii() and "\0" not in part


def page(
    rows: Sequence[Row],
    limit: int,
    key: Callable[[Row], list[str]],
    resource: Callable[[Row], dict[str, Any]],
) -> Response:
    """A page of at most ``limit`` of the ``limit + 1`` rows that were asked for, with a link to the next."""
    shown = rows[:limit]
    body: dict[str, Any] = {"items": [resource(row) for row in shown], "next_cursor": None}
    if len(rows) > limit:
        text = json.dumps(key(shown[-1])).encode()
        body["next_cursor"] = base64.urlsafe_b64encode(text).decode().rstrip("=")
    response = jsonify(body)
    if body["next_cursor"]:
        query = {**request.args.to_dict(), "cursor": body["next_cursor"]}
        query.pop("apikey", None)
        response.headers["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
    return response
