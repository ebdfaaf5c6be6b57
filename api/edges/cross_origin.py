"""Browsers' scripts of other origins: none, unless the settings name their origins."""

from collections.abc import Sequence

from flask import Flask, Response, request

# What callers send besides the headers that browsers let through anyway.
REQUEST_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer, X-API-Key, X-Request-Id"
)
ANSWER_HEADERS = "Location, Retry-After, WWW-Authenticate, X-Request-Id"
PREFLIGHT_SECONDS = 600


def register_cross_origin(app: Flask, origins: Sequence[str]) -> None:
    """Let scripts of exactly these origins call ``app`` and read its answers; cookies are never asked for."""
    if not origins:
        return

    @app.before_request
    def answer_preflight() -> Response | None:
        # Before authentication: browsers send a preflight without a key.
        if not _is_preflight() or request.headers.get("Origin") not in origins:
            return None
        methods = app.create_url_adapter(request).allowed_methods()  # type: ignore[union-attr]
        answer = Response(status=204)
        answer.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(methods))
        answer.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        answer.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
        return answer

    @app.after_request
    def allow(response: Response) -> Response:
        response.vary.add("Origin")
        if (origin := request.headers.get("Origin")) in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = ANSWER_HEADERS
        return response


def _is_preflight() -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
