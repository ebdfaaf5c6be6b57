"""Liveness without dependencies, readiness with all of them."""

from collections.abc import Callable

from flask import Response, current_app, jsonify
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from shared.presence import workers_present
from shared.services import Services

health = Blueprint("health", __name__, description="For probes; without a key.")


class Liveness(Schema):
    """The process runs."""

    status = fields.String(required=True, validate=validate.Equal("alive"))


class Checks(Schema):
    """Which of the parts answer."""

    database = fields.Boolean(required=True)
    redis = fields.Boolean(required=True)
    worker = fields.Boolean(
        required=True, metadata={"description": "One with a loaded model was seen lately."}
    )


class Readiness(Schema):
    """Whether requests can be worked on."""

    status = fields.String(required=True, validate=validate.OneOf(["ready", "not ready"]))
    checks = fields.Nested(Checks, required=True)


READY = {"status": "ready", "checks": {"database": True, "redis": True, "worker": True}}
NOT_READY = {"status": "not ready", "checks": {"database": True, "redis": True, "worker": False}}


@health.get("/livez")
@health.doc(security=[])
@health.alt_response(200, schema=Liveness, description="It is alive.", example={"status": "alive"})
def livez() -> Response:
    """The process runs."""
    return jsonify({"status": "alive"})


@health.get("/readyz")
@health.doc(security=[])
@health.alt_response(503, schema=Readiness, description="A part is missing.", example=NOT_READY)
@health.alt_response(200, schema=Readiness, description="Everything answers.", example=READY)
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
