"""What holds for every request and every answer, whatever the route: ids, numbers, headers, other origins."""

from flask import Flask

from api.edges.cross_origin import register_cross_origin
from api.edges.observation import register_observation
from api.edges.request_id import register_request_id
from api.edges.security_headers import register_security_headers
from shared.settings import Settings

__all__ = ["register_edges"]


def register_edges(app: Flask, settings: Settings) -> None:
    """Put the edges around ``app``. To be called before other hooks: theirs may refuse a request or log."""
    register_request_id(app)
    register_observation(app)
    register_security_headers(app, behind_tls=settings.behind_tls)
    register_cross_origin(app, settings.cors_origins)
