"""``/metrics``: what was counted, for those who have its token.

A tenant's key is no token, whatever its scopes: the numbers are of all tenants. Nor is a request from this
machine let in without it, since a proxy on the same machine makes such requests for anybody.
"""

import hmac

from flask import Blueprint, Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from shared.crypto import kept_secret
from shared.errors import InvalidApiKey
from shared.service_state import ServiceState
from shared.services import Services

NAME = "metrics"
SHORTEST_TOKEN = 20


def register_metrics(app: Flask, services: Services) -> None:
    """Serve the metrics. Raises OSError if the token's file cannot be read, ValueError if it is too short."""
    path = services.settings.metrics_token_file or services.settings.data_dir / "metrics_token"
    token = kept_secret(path)
    if len(token) < SHORTEST_TOKEN:
        raise ValueError(
            f"ROLLCALL_METRICS_TOKEN_FILE: {path} must have at least {SHORTEST_TOKEN} characters"
        )
    registry = CollectorRegistry()
    registry.register(services.metrics.collector)
    registry.register(ServiceState(services))
    blueprint = Blueprint(NAME, __name__)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        """Everything, in Prometheus' text format."""
        scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(presented.strip().encode(), token.encode()):
            raise InvalidApiKey(
                "Metrics need a token of their own; send that of ROLLCALL_METRICS_TOKEN_FILE, by default "
                "metrics_token in the data dir, as 'Authorization: Bearer TOKEN'."
            )
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    app.register_blueprint(blueprint)
