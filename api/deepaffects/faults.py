"""Errors in the dialect's shape."""

import math
from typing import Any

from flask import Response, jsonify

from shared.errors import InvalidApiKey, Overloaded, RollcallError, WaitEnded
from shared.wire.deepaffects import fault_body


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
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    return response
