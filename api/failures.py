"""Whatever goes wrong becomes an error of the tree, and leaves as the dialect's JSON."""

import errno
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from api.context import services
from api.deepaffects.faults import fault_response
from api.v1.problems import problem_response
from shared.errors import (
    BadRequest,
    ContentTooLarge,
    InternalError,
    InvalidField,
    MethodNotAllowed,
    NotFound,
    Overloaded,
    RollcallError,
    StorageUnavailable,
    UnsupportedMediaType,
)
from shared.logging import log
from shared.metrics.definitions import REJECTIONS

_BY_STATUS: dict[int, RollcallError] = {
    404: NotFound("There is nothing at this address; check the path against the documentation."),
    405: MethodNotAllowed("This address does not take this method; the Allow header names those it takes."),
    413: ContentTooLarge("content makes the body too large; send the audio compressed or by url."),
    415: UnsupportedMediaType("The body must be JSON; send it with 'Content-Type: application/json'."),
}
_MALFORMED = "The request is malformed; check its headers, Host among them."
UNPROCESSABLE = 422
# No room on the disk, in the quota, or for a file of this size.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Where a field was looked for; that is no part of its name.
PLACES = ("json", "query", "form", "headers")


def register_failures(app: Flask) -> None:
    """Answer every exception of the app in JSON."""
    app.register_error_handler(RollcallError, error_response)
    app.register_error_handler(HTTPException, _http_failure)
    app.register_error_handler(OperationalError, _database_failure)
    app.register_error_handler(InterfaceError, _database_failure)
    app.register_error_handler(NoConnectionFree, _database_failure)
    app.register_error_handler(OSError, _disk_failure)
    app.register_error_handler(Exception, _unexpected_failure)


def error_response(error: RollcallError) -> Response:
    """An error in the shape of the dialect that was asked in."""
    services().metrics.count(REJECTIONS, code=error.code)
    return problem_response(error) if request.path.startswith("/v1/") else fault_response(error)


def _http_failure(exception: HTTPException) -> Response:
    response = error_response(_as_error(exception))
    for name, value in exception.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _as_error(exception: HTTPException) -> RollcallError:
    status = exception.code or 500
    if status == UNPROCESSABLE:
        return _bad_fields(getattr(exception, "data", {}).get("messages", {}))
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return InternalError("The request failed.") if status >= 500 else BadRequest(_MALFORMED)  # noqa: PLR2004


def _bad_fields(messages: Any) -> InvalidField:
    """The schema's complaints; the first of them is the sentence for those who take one."""
    complaints = [(field, f"{field} {text}") for field, text in _complaints(messages)]
    field, sentence = complaints[0] if complaints else ("body", "body is not valid.")
    return InvalidField(sentence, field=field, complaints=complaints)


def _complaints(messages: Any, path: tuple[str, ...] = (), depth: int = 0) -> Iterator[tuple[str, str]]:
    """(field, what is wrong) from {location: {field: [message]}}, to any depth."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            named = () if key == "_schema" or (not path and depth == 0 and key in PLACES) else (str(key),)
            yield from _complaints(below, path + named, depth + 1)
    else:
        for text in messages if isinstance(messages, list) else [messages]:
            yield ".".join(path) or "body", str(text)


def _database_failure(exception: OperationalError | InterfaceError | NoConnectionFree) -> Response:
    log.error("database_failed", exc_info=exception)
    return error_response(
        Overloaded("The database is out of reach or takes no more; send the request again shortly.")
    )


def _disk_failure(exception: OSError) -> Response:
    """Audio is received into a temporary file, for which there may be no room."""
    if exception.errno not in FULL:
        return _unexpected_failure(exception)
    log.error("disk_full", exc_info=exception)
    return error_response(
        StorageUnavailable("There is no room for audio at the moment; send the request again shortly.")
    )


def _unexpected_failure(exception: Exception) -> Response:
    log.error("unexpected_failure", exc_info=exception)
    return error_response(
        InternalError("An unexpected error; it is in the service's log. Send the request again or report it.")
    )
