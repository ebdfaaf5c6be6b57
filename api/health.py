"""Liveness without dependencies, readiness with all of them."""

from collections.abc import Callable

from flask import Response, current_app, jsonify
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from shared.logging import log
from shared.presence import WorkerSeen, workers_present
from shared.services import Services
from shared.store import jobs
from shared.store.schema import now

# By default 45 s. A free worker takes a job within milliseconds; a lost message is sent again within 15 s,
# and a consumer is back within 30 s of Redis.
DEAF_STALE_PERIODS, DEAF_MORE_SECONDS = 2, 5

health = Blueprint("health", __name__, description="For probes; without a key.")


class Liveness(Schema):
    """The process runs."""

    status = fields.String(required=True, validate=validate.Equal("alive"))


class Checks(Schema):
    """Which of the parts answer."""

    database = fields.Boolean(required=True)
    redis = fields.Boolean(required=True)
    worker = fields.Boolean(
        required=True,
        metadata={"description": "One with a loaded model was seen lately, and none leaves a job waiting."},
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
    """Database and Redis answer, and a worker with a loaded model was seen lately and takes jobs."""
    services: Services = current_app.extensions["services"]
    checks = {
        "database": _passes(services.store.ping),
        "redis": _passes(services.redis.ping),
        "worker": _passes(lambda: _require_workers(services)),
    }
    ready = all(checks.values())
    return jsonify({"status": "ready" if ready else "not ready", "checks": checks}), 200 if ready else 503


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except (SQLAlchemyError, RedisError, LookupError):
        return False
    return True


def _require_workers(services: Services) -> None:
    """Raises LookupError if there is none, or one has nothing to do while a job waits."""
    present = workers_present(services.redis)
    if not present:
        raise LookupError("no worker")
    with services.store.reading() as session:
        since = jobs.waiting_since(session)
    waiting_seconds = {queue: (now() - moment).total_seconds() for queue, moment in since.items()}
    patience_seconds = DEAF_STALE_PERIODS * services.settings.job_stale_seconds + DEAF_MORE_SECONDS
    deaf = [
        one.name
        for one in present
        if min(_longest_for(one, waiting_seconds), one.idle_seconds) > patience_seconds
    ]
    if deaf:
        log.warning("workers_take_no_jobs", workers=deaf, waiting_seconds=waiting_seconds)
        raise LookupError("a worker takes no jobs")


def _longest_for(worker: WorkerSeen, waiting_seconds: dict[str, float]) -> float:
    """How long a job waits that this worker could take."""
    return max((waits for queue, waits in waiting_seconds.items() if worker.serves(queue)), default=0.0)
