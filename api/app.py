"""The gateway's application, put together in one place."""

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_smorest import Api

from api import v1
from api.console import register_console
from api.context import drop_temporary_files
from api.deepaffects import dialect
from api.documentation import configure_documentation, register_documentation
from api.edges import register_edges
from api.failures import register_failures
from api.health import health
from api.metrics import register_metrics
from api.rate_limits import RateLimits, register_rate_headers
from api.submission import Submissions
from api.v1.fields import MOST_SPEAKERS
from api.webhooks import WEBHOOKS
from shared.errors import NotFound
from shared.services import Services

# What a JSON body holds besides its audio; base64 with line breaks makes up to three halves of that.
FIELDS_BYTES = 64 * 1024
# A form names each speaker in a part of its own.
OTHER_PARTS = 50
FORM_TEXT_BYTES = 4 * 1024 * 1024


class Gateway(Flask):
    """Flask that does not look, for each decorator of a view, whether it is a coroutine: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def create_app(services: Services) -> Flask:
    """The WSGI application."""
    app = Gateway("rollcall")
    app.config.update(
        MAX_CONTENT_LENGTH=services.settings.max_content_bytes * 3 // 2 + FIELDS_BYTES,
        MAX_FORM_PARTS=MOST_SPEAKERS + OTHER_PARTS,
        MAX_FORM_MEMORY_SIZE=FORM_TEXT_BYTES,
    )
    register_edges(app, services.settings)
    configure_documentation(app)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["services"] = services
    app.extensions["submissions"] = Submissions(services)
    app.extensions["rate_limits"] = RateLimits(services)
    documented = Api(app)
    for blueprint in (dialect, *v1.BLUEPRINTS, health):
        documented.register_blueprint(blueprint)
    register_metrics(app, services)
    register_documentation(app, documented, WEBHOOKS)
    if services.settings.console:
        register_console(app, audio_is_kept=services.settings.audio_retention_seconds > 0)
    register_failures(app)
    register_rate_headers(app)
    app.before_request(_refuse_nul)
    app.teardown_request(drop_temporary_files)
    return app


def _refuse_nul() -> None:
    # No name has one, and a database may not even compare with it.
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        raise NotFound("There is nothing at this address; it holds a NUL character.")
