"""What dialect 2 tells of API keys."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.v1.described import text, time
from shared.domain import Scope
from shared.store.schema import ApiKey as Row
from shared.store.schema import now
from shared.wire.v1 import timestamp

STATUSES = ("valid", "expired", "revoked")


class ApiKey(Schema):
    """An API key as far as it may be shown."""

    id = text("What the key begins with, where the service made it.")
    name = text("What it is for.")
    status = text(validate=validate.OneOf(STATUSES))
    scopes = fields.List(fields.String(validate=validate.OneOf(list(Scope))), required=True)
    created_at = time("When it was made.")
    expires_at = time("When it ends.", allow_none=True)
    last_used_at = time("To the minute.", allow_none=True)


class NewApiKey(ApiKey):
    """An API key that was just made."""

    key = text("The key itself, which is kept nowhere and not shown again.")


class ApiKeys(Schema):
    """All keys of a tenant."""

    items = fields.List(fields.Nested(ApiKey), required=True)


def api_key_resource(row: Row) -> dict[str, Any]:
    """A key without the key."""
    return {
        "id": row.shown_id or row.id,
        "name": row.name,
        "status": _status(row),
        "scopes": row.scopes.split(),
        "created_at": timestamp(row.created_at),
        "expires_at": timestamp(row.expires_at),
        "last_used_at": timestamp(row.last_used_at),
    }


def _status(row: Row) -> str:
    if row.revoked_at:
        return "revoked"
    return "expired" if row.expires_at and row.expires_at <= now() else "valid"
