"""Errors in the dialect's shape."""

from typing import Any

from flask import Response, jsonify

from shared.errors import InvalidApiKey, Overloaded, RollcallError, WaitEnded
from shared.wire import fault_body

RETRY_AFTER_SECONDS = "5"


def fault_response(error: RollcallError) -> Response:
    """A response that carries an error."""
    body: dict[str, Any] = {"fault": fault_body(error.code, error.message)}
    if isinstance(error, WaitEnded):
        body["request_id"] = error.request_id
    response = jsonify(body)
    response.status_code = error.http_status
    if isinstance(error, InvalidApiKey):
        response.headers["WWW-Authenticate"] = 'Bearer realm="rollcall"'
    if isinstance(error, Overloaded):
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response
