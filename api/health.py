"""Liveness without dependencies, readiness with all of them."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app, jsonify
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from shared.presence import workers_present
from shared.services import Services

health = Blueprint("health", __name__)


@health.get("/livez")
def livez() -> Response:
    """The process runs."""
    return jsonify({"status": "alive"})


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database and Redis answer, and a worker with a loaded model was seen lately."""
    services: Services = current_app.extensions["services"]
    checks = {
        "database": _passes(services.store.ping),
        "redis": _passes(services.redis.ping),
        "worker": _passes(lambda: _require(workers_present(services.redis))),
    }
    ready = all(checks.values())
    return jsonify({"status": "ready" if ready else "not ready", "checks": checks}), 200 if ready else 503


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except (SQLAlchemyError, RedisError, LookupError):
        return False
    return True


def _require(found: list[str]) -> None:
    if not found:
        raise LookupError("no worker")
