"""API keys, as far as they may be shown."""

from dataclasses import dataclass, field
from datetime import datetime

from client.resources.reading import Json, moment, moment_or_none


@dataclass(frozen=True)
class ApiKey:
    """An API key; ``key`` itself is told once, by the call that makes it."""

    id: str
    name: str
    status: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    key: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, fields: Json) -> "ApiKey":
        """A key."""
        return cls(
            fields["id"],
            fields["name"],
            fields["status"],
            tuple(fields["scopes"]),
            moment(fields["created_at"]),
            moment_or_none(fields["expires_at"]),
            moment_or_none(fields["last_used_at"]),
            fields.get("key"),
            raw=fields,
        )
