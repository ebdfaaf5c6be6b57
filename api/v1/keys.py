"""API keys of the caller's tenant, for who has the scope admin: listed, made, replaced and revoked."""

from typing import Any

from flask import Response, jsonify
from marshmallow import fields, validate

from api.authentication import current_caller, needs
from api.context import services
from api.v1 import examples
from api.v1 import key_resources as shapes
from api.v1.blueprint import BODY_ERRORS, V1Blueprint
from api.v1.fields import Body, aware_time, rotation_overlap, text
from shared.domain import Scope
from shared.errors import ApiKeyNotFound, ScopeMissing
from shared.store import api_keys
from shared.store.api_keys import NewKey, UnknownKey

keys = V1Blueprint("keys", "API keys of the tenant")


class KeyBody(Body):
    """A key to be made."""

    name = text("What it is for.", load_default="", validate=validate.Length(max=200, error="must be short."))
    scopes = fields.List(
        fields.String(
            validate=validate.OneOf(list(Scope), error=f"must be some of {', '.join(Scope)}."),
            error_messages={"invalid": "must be a string."},
        ),
        required=True,
        validate=validate.Length(1, len(Scope), error="must name at least one scope."),
        error_messages={
            "required": "is missing; send a list of scopes.",
            "invalid": "must be a list of scopes.",
            "null": "must be a list of scopes, not null.",
        },
        metadata={"description": "None that the key of the request has not."},
    )
    expires_at = aware_time("When it ends; null: never.", load_default=None, allow_none=True)


class KeyRotationBody(Body):
    """How long the key before goes on."""

    overlap_seconds = rotation_overlap("0, if the key is in wrong hands.")


@keys.get("/keys")
@keys.answers(200, shapes.ApiKeys, "The keys, oldest first.", example=examples.API_KEYS)
@keys.fails_with()
@needs(Scope.ADMIN)
def list_api_keys() -> Response:
    """The tenant's keys, also those that ended; never the keys themselves."""
    with services().store.reading() as session:
        found = api_keys.all_of(session, current_caller().tenant_id)
    return jsonify({"items": [shapes.api_key_resource(row) for row in found]})


@keys.post("/keys")
@keys.arguments(KeyBody, example=examples.NEW_API_KEY)
@keys.answers(201, shapes.NewApiKey, "The key, this once.", example=examples.SHOWN_API_KEY)
@keys.fails_with(*BODY_ERRORS)
@needs(Scope.ADMIN)
def create_api_key(body: dict[str, Any]) -> tuple[Response, int]:
    """Make a key, with no scope that the key of this request has not."""
    scopes = frozenset(map(Scope, body["scopes"]))
    _require_own(scopes)
    with services().store.writing() as session:
        made = api_keys.add(session, current_caller().tenant_id, body["name"], scopes, body["expires_at"])
    return _shown(made), 201


@keys.post("/keys/<key_id>/rotate")
@keys.arguments(KeyRotationBody, example=examples.ROTATION)
@keys.answers(201, shapes.NewApiKey, "The key that takes its place.", example=examples.SHOWN_API_KEY)
@keys.fails_with(*BODY_ERRORS, ApiKeyNotFound)
@needs(Scope.ADMIN)
def rotate_api_key(body: dict[str, Any], key_id: str) -> tuple[Response, int]:
    """Make a key with another's name, scopes and end; the other ends after the overlap."""
    tenant_id = current_caller().tenant_id
    try:
        with services().store.writing() as session:
            old = api_keys.find(session, key_id, tenant_id)
            _require_own(frozenset(map(Scope, old.scopes.split())))
            made = api_keys.rotate(session, old.id, body["overlap_seconds"])
    except UnknownKey:
        raise _no_key(key_id) from None
    return _shown(made), 201


@keys.delete("/keys/<key_id>")
@keys.answers(200, shapes.ApiKey, "The key is revoked.", example=examples.REVOKED_API_KEY)
@keys.fails_with(ApiKeyNotFound)
@needs(Scope.ADMIN)
def revoke_api_key(key_id: str) -> Response:
    """End a key at once, the one of this request as well."""
    try:
        with services().store.writing() as session:
            row = api_keys.find(session, key_id, current_caller().tenant_id)
            api_keys.revoke(session, row.id)
    except UnknownKey:
        raise _no_key(key_id) from None
    return jsonify(shapes.api_key_resource(row))


def _require_own(scopes: frozenset[Scope]) -> None:
    """Raises ScopeMissing: who could hand out more than he has, would have it."""
    missing = ", ".join(sorted(scopes - current_caller().scopes))
    if missing:
        raise ScopeMissing(
            f"apikey has no scope {missing}, so it cannot give it to another key; use a key that has it."
        )


def _shown(made: NewKey) -> Response:
    return jsonify(shapes.api_key_resource(made.row) | {"key": made.key})


def _no_key(key_id: str) -> ApiKeyNotFound:
    return ApiKeyNotFound(f"There is no key {key_id!r}; GET /v1/keys lists those there are.")
