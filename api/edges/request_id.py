"""A name for each request: in the answer, and in every line that the request writes to the log."""

import re
import uuid

import structlog
from flask import Flask, Response, g, request

from shared.logging import HTTP_REQUEST_ID

HEADER = "X-Request-Id"
# What a proxy or a tracing library makes up; nothing that could break a header or a line of the log.
SANE = re.compile(r"[A-Za-z0-9._:=+/-]{1,128}")


def register_request_id(app: Flask) -> None:
    """Name every request of ``app`` from its start to its end."""
    app.before_request(_begin)
    app.after_request(_return)
    app.teardown_request(_end)


def _begin() -> None:
    sent = request.headers.get(HEADER, "")
    g.http_request_id = sent if SANE.fullmatch(sent) else str(uuid.uuid4())
    # A thread serves one request after the other: nothing of the last one may be left.
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**{HTTP_REQUEST_ID: g.http_request_id})


def _return(response: Response) -> Response:
    response.headers[HEADER] = g.http_request_id
    return response


def _end(_: BaseException | None) -> None:
    structlog.contextvars.clear_contextvars()
