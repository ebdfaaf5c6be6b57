"""/openapi.json and /docs."""

import json
from collections.abc import Mapping
from functools import cache

from flask import Flask, Response, redirect
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_swagger_ui import get_swaggerui_blueprint

from api.documentation.document import Webhook, finished_document

DOCUMENT_PATH = "/openapi.json"
PAGE_PATH = "/docs"
DOCUMENTATION_ENDPOINTS = frozenset({"openapi", "docs", "swagger_ui.show"})
INTRODUCTION = """Who speaks when in a recording, for voices that you have enrolled.

There are two dialects over one core. **Dialect 1** (`/audio/…`, `/transaction/…`) is wire-compatible with the
retired DeepAffects API. **Dialect 2** (`/v1`) has resources, pages and problem details; use it for new code.
Every call but `/livez` and `/readyz` needs an API key, best in the header `Authorization: Bearer KEY`.
"""
SECURITY_SCHEMES: Mapping[str, Mapping[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The recommended way."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "query": {
        "type": "apiKey",
        "in": "query",
        "name": "apikey",
        "description": "As callers of the retired service do. Proxies log queries: prefer a header.",
    },
}


def configure_documentation(app: Flask) -> None:
    """What flask-smorest is to know before it gathers the routes."""
    app.config.update(
        API_TITLE="Rollcall",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": INTRODUCTION, "license": {"name": "MIT", "identifier": "MIT"}},
            "servers": [{"url": "/"}],
            "security": [{name: []} for name in SECURITY_SCHEMES],
        },
    )


def register_documentation(app: Flask, api: Api, webhooks: Mapping[str, Webhook]) -> None:
    """Serve the document of all blueprints of ``api``, and its page. Both need no key and no network."""
    for name, scheme in SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)

    @cache
    def document() -> str:
        return json.dumps(finished_document(app, api, webhooks))

    def serve_document() -> Response:
        return Response(document(), content_type="application/json")

    def lead_to_page() -> ResponseReturnValue:
        return redirect(f"{PAGE_PATH}/")

    app.add_url_rule(DOCUMENT_PATH, "openapi", serve_document)
    app.add_url_rule(PAGE_PATH, "docs", lead_to_page)
    page = get_swaggerui_blueprint(
        PAGE_PATH,
        DOCUMENT_PATH,
        config={
            "app_name": "Rollcall API",
            "docExpansion": "list",
            "tryItOutEnabled": True,
            # By default, a badge of somebody else's server, which would be told this one's address.
            "validatorUrl": None,
            # By default, made of the Host header, which is the caller's word.
            "oauth2RedirectUrl": f"{PAGE_PATH}/oauth2-redirect.html",
        },
    )
    app.register_blueprint(page)
