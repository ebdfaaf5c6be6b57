"""What the gateway notes of each request: a line in the log, numbers, and a span of a trace."""

import re
import time
from contextlib import ExitStack

import structlog
from flask import Flask, Response, g, request

from api.context import services
from shared.logging import log
from shared.metrics import definitions
from shared.tracing import Kind

# Asked for all the time, by programs.
SELDOM_LOGGED = {"health", "metrics"}
# Callers may make others up.
KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def register_observation(app: Flask) -> None:
    """Observe every request of ``app`` that has a name."""
    app.before_request(_begin)
    app.after_request(_note)
    app.teardown_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    tracer, method = services().tracer, _shown_method()
    g.trace = ExitStack()
    g.trace.enter_context(
        tracer.span(
            f"{method} {_shown_route()}",
            Kind.SERVER,
            parent=request.headers.get("traceparent"),
            attributes={"http.request.method": method, "http.route": _shown_route()},
        )
    )
    if trace_id := tracer.trace_id():
        structlog.contextvars.bind_contextvars(trace_id=trace_id)


def _end(_: BaseException | None) -> None:
    if trace := g.pop("trace", None):
        trace.close()


def _note(response: Response) -> Response:
    seconds = time.perf_counter() - g.started
    write = log.debug if request.blueprint in SELDOM_LOGGED else log.info
    write(
        "request",
        method=request.method,
        path=_shown_path(),
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
    )
    _count(response.status_code, seconds)
    services().tracer.note({"http.response.status_code": response.status_code})
    return response


def _count(status: int, seconds: float) -> None:
    labels = {"route": _shown_route(), "method": _shown_method()}
    metrics = services().metrics
    metrics.count(definitions.HTTP_REQUESTS, **labels, status=str(status))
    metrics.observe(definitions.HTTP_REQUEST_SECONDS, seconds, **labels)


def _shown_route() -> str:
    return request.url_rule.rule if request.url_rule else "none"


def _shown_method() -> str:
    return request.method if request.method in KNOWN_METHODS else "other"


def _shown_path() -> str:
    """The path with ids of ours alone: a query may hold a key, and a path somebody's name."""
    shown = request.url_rule.rule if request.url_rule else "unknown"
    for name, value in (request.view_args or {}).items():
        if name != "speaker_id":
            shown = re.sub(rf"<(?:[^<>:]+:)?{name}>", str(value).replace("\\", r"\\"), shown)
    return shown
