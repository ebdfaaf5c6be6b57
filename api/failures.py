"""Whatever goes wrong becomes an error of the tree, and leaves as the dialect's JSON."""

from typing import Any

from flask import Flask, Response
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from api.deepaffects.faults import fault_response
from shared.errors import (
    BadRequest,
    ContentTooLarge,
    InternalError,
    InvalidField,
    MethodNotAllowed,
    NotFound,
    Overloaded,
    RollcallError,
    UnsupportedMediaType,
)
from shared.logging import log

_BY_STATUS: dict[int, RollcallError] = {
    404: NotFound("There is nothing at this address; check the path against the documentation."),
    405: MethodNotAllowed("This address does not take this method; the Allow header names those it takes."),
    413: ContentTooLarge("content makes the body too large; send the audio compressed or by url."),
    415: UnsupportedMediaType("The body must be JSON; send it with 'Content-Type: application/json'."),
}
UNPROCESSABLE = 422


def register_failures(app: Flask) -> None:
    """Answer every exception of the app in JSON."""
    app.register_error_handler(RollcallError, fault_response)
    app.register_error_handler(HTTPException, _http_failure)
    app.register_error_handler(OperationalError, _database_failure)
    app.register_error_handler(Exception, _unexpected_failure)


def _http_failure(exception: HTTPException) -> Response:
    response = fault_response(_as_error(exception))
    for name, value in exception.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _as_error(exception: HTTPException) -> RollcallError:
    status = exception.code or 500
    if status == UNPROCESSABLE:
        return _first_bad_field(getattr(exception, "data", {}).get("messages", {}))
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return InternalError("The request failed.") if status >= 500 else BadRequest("The request is malformed.")  # noqa: PLR2004


def _first_bad_field(messages: Any) -> InvalidField:
    """The first of the schema's complaints: {location: {field: [message]}} or deeper."""
    field, found = "body", messages
    while isinstance(found, dict) and found:
        key, found = next(iter(found.items()))
        if isinstance(key, str) and key not in {"json", "query", "_schema"}:
            field = key
    text = found[0] if isinstance(found, list) and found else "is not valid"
    return InvalidField(f"{field} {text}", field=field)


def _database_failure(exception: OperationalError) -> Response:
    log.error("database_unreachable", exc_info=exception)
    return fault_response(Overloaded("The database cannot be reached; send the request again shortly."))


def _unexpected_failure(exception: Exception) -> Response:
    log.error("unexpected_failure", exc_info=exception)
    return fault_response(
        InternalError("An unexpected error; it is in the service's log. Send the request again or report it.")
    )
