"""What a caller may know of the service itself."""

from importlib.metadata import version

from flask import Response, jsonify
from marshmallow import Schema, fields
from redis.exceptions import RedisError

from api.context import services
from api.v1 import examples
from api.v1.blueprint import V1Blueprint
from api.v1.described import number, text, time
from shared.presence import workers_present
from shared.store.schema import now
from shared.wire.v1 import timestamp

service = V1Blueprint("service", "the service itself")


class Workers(Schema):
    """Workers with a loaded model that were seen within the last seconds."""

    seen = fields.Integer(required=True)
    idle = fields.Integer(required=True)
    models = fields.List(
        fields.String(), required=True, metadata={"description": "The model packs that they have loaded."}
    )


class Limits(Schema):
    """What a request may have."""

    max_content_bytes = fields.Integer(required=True)
    max_audio_seconds = number("Of one recording.")
    enroll_reject_seconds = number("Samples with less speech are refused.")
    enroll_complete_seconds = number("Of speech in total, from which a speaker can be looked for.")


class Service(Schema):
    """The service as its callers see it."""

    version = text("Of the gateway.")
    time = time("Its clock, for comparison.")
    workers = fields.Nested(
        Workers, required=True, allow_none=True, metadata={"description": "Null if Redis does not answer."}
    )
    limits = fields.Nested(Limits, required=True)


@service.get("/service")
@service.answers(200, Service, "The service.", example=examples.SERVICE)
@service.fails_with()
def read_service() -> Response:
    """Version, clock, workers and limits; for whoever looks for what is wrong."""
    settings = services().settings
    names = ("max_content_bytes", "max_audio_seconds", "enroll_reject_seconds", "enroll_complete_seconds")
    return jsonify(
        {
            "version": version("rollcall"),
            "time": timestamp(now()),
            "workers": _workers(),
            "limits": {name: getattr(settings, name) for name in names},
        }
    )


def _workers() -> dict[str, object] | None:
    try:
        present = workers_present(services().redis)
    except RedisError:
        return None
    return {
        "seen": len(present),
        "idle": sum(one.idle_seconds > 0 for one in present),
        "models": sorted({one.model for one in present if one.model}),
    }
