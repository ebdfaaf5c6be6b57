"""The service itself."""

from dataclasses import dataclass, field
from datetime import datetime

from client.resources.reading import Json, moment


@dataclass(frozen=True)
class Workers:
    """Workers that were seen within the last seconds, and the model packs that they have loaded."""

    seen: int
    idle: int
    models: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """What a request may have."""

    max_content_bytes: int
    max_audio_seconds: float
    enroll_reject_seconds: float
    enroll_complete_seconds: float


@dataclass(frozen=True)
class Service:
    """Version, clock, workers (None where the service cannot tell) and limits of a service."""

    version: str
    time: datetime
    workers: Workers | None
    limits: Limits
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "Service":
        """A service."""
        workers, limits = fields["workers"], fields["limits"]
        return cls(
            fields["version"],
            moment(fields["time"]),
            Workers(workers["seen"], workers["idle"], tuple(workers["models"])) if workers else None,
            Limits(
                limits["max_content_bytes"],
                limits["max_audio_seconds"],
                limits["enroll_reject_seconds"],
                limits["enroll_complete_seconds"],
            ),
            raw=fields,
        )
