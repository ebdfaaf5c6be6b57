"""Webhooks' deliveries, and the secrets that sign them."""

from dataclasses import dataclass, field
from datetime import datetime

from client.resources.reading import Json, moment, moment_or_none


@dataclass(frozen=True)
class Attempt:
    """What one attempt met; ``error`` says why there was no answer."""

    attempted_at: datetime
    duration_seconds: float
    status_code: int | None
    error: str | None
    answer: str | None

    @classmethod
    def from_json(cls, fields: Json) -> "Attempt":
        """An attempt."""
        return cls(
            moment(fields["attempted_at"]),
            fields["duration_seconds"],
            fields["status_code"],
            fields["error"],
            fields["answer"],
        )


@dataclass(frozen=True)
class Delivery:
    """A webhook on its way; ``attempts`` are known of one that was asked for by its id."""

    id: str
    job_id: str | None
    url: str
    status: str
    attempts_made: int
    created_at: datetime
    next_attempt_at: datetime | None
    finished_at: datetime | None
    attempts: tuple[Attempt, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "Delivery":
        """A delivery, with its attempts where they are told."""
        return cls(
            fields["id"],
            fields["job_id"],
            fields["url"],
            fields["status"],
            fields["attempts_made"],
            moment(fields["created_at"]),
            moment_or_none(fields["next_attempt_at"]),
            moment_or_none(fields["finished_at"]),
            tuple(map(Attempt.from_json, fields.get("attempts", ()))),
            raw=fields,
        )


@dataclass(frozen=True)
class SigningSecret:
    """A secret that signs webhooks, until ``expires_at`` where another has taken its place."""

    id: str
    secret: str
    created_at: datetime
    expires_at: datetime | None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "SigningSecret":
        """A secret."""
        return cls(
            fields["id"],
            fields["secret"],
            moment(fields["created_at"]),
            moment_or_none(fields["expires_at"]),
            raw=fields,
        )
