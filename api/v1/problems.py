"""Errors as RFC 9457 problem details."""

import math

from flask import Response, jsonify

from shared.errors import InvalidApiKey, Overloaded, RollcallError, WaitEnded


def problem_response(error: RollcallError) -> Response:
    """A response that carries an error, with every bad field that was found."""
    title = (type(error).__doc__ or "").strip().splitlines()[0]
    response = jsonify(
        {
            "type": f"urn:rollcall:error:{error.code}",
            "title": title,
            "status": error.http_status,
            "detail": error.message,
            "code": error.code,
            "errors": [{"field": field, "message": message} for field, message in error.complaints],
        }
    )
    response.status_code = error.http_status
    response.content_type = "application/problem+json"
    if isinstance(error, InvalidApiKey):
        response.headers["WWW-Authenticate"] = 'Bearer realm="rollcall"'
    if isinstance(error, Overloaded):
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    if isinstance(error, WaitEnded):
        response.headers["Location"] = f"/v1/jobs/{error.request_id}"
    return response
