"""Who is asking, and whether he may: an API key in a header, or, for old callers, in the query."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flask import Request, current_app, g
from sqlalchemy.exc import OperationalError

from shared import apikeys
from shared.domain import Scope
from shared.errors import InvalidApiKey, ScopeMissing
from shared.services import Services
from shared.store.schema import now
from shared.store.tenants import Caller, authenticate, note_use

View = TypeVar("View", bound=Callable[..., object])

NEEDED = "needed_scope"
# What reads needs no mark.
READING_METHODS = {"GET", "HEAD"}
USE_NOTED_EVERY = timedelta(minutes=1)


def needs(scope: Scope) -> Callable[[View], View]:
    """Mark a view with the scope that its callers' keys need."""

    def mark(view: View) -> View:
        setattr(view, NEEDED, scope)
        return view

    return mark


def presented_key(request: Request) -> str | None:
    """The key of a request, headers first."""
    authorization = request.headers.get("Authorization", "")
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    return request.headers.get("X-API-Key") or request.args.get("apikey")


def require_caller(request: Request, services: Services) -> None:
    """Find the caller and keep him for the request. Raises InvalidApiKey or ScopeMissing."""
    key = presented_key(request)
    if not key:
        raise InvalidApiKey(
            "No API key; send header 'Authorization: Bearer KEY' or 'X-API-Key: KEY', or query apikey=KEY."
        )
    if apikeys.is_mistyped(key):
        raise InvalidApiKey("apikey is mistyped, its checksum says; copy it again.")
    with services.store.asking() as connection:
        caller = authenticate(connection, key)
    if caller is None:
        raise InvalidApiKey("apikey is not a valid key; check it for typing errors or ask for a new one.")
    g.caller = caller
    _require_scope(request, caller)
    _note_use(services, caller)


def current_caller() -> Caller:
    """The caller that :func:`require_caller` found."""
    caller: Caller = g.caller
    return caller


def needed_scope(request: Request) -> Scope | None:
    """The scope that a request's view asks for; None for one that is not marked and does not only read."""
    view = current_app.view_functions[str(request.endpoint)]
    unmarked = Scope.READ if request.method in READING_METHODS else None
    scope: Scope | None = getattr(view, NEEDED, unmarked)
    return scope


def _require_scope(request: Request, caller: Caller) -> None:
    scope = needed_scope(request)
    if scope not in caller.scopes:
        raise ScopeMissing(f"apikey has no scope {scope!s}, which this call needs; use a key that has it.")


def _note_use(services: Services, caller: Caller) -> None:
    moment = now()
    if caller.last_used_at is not None and moment - caller.last_used_at < USE_NOTED_EVERY:
        return
    try:
        with services.store.writing() as session:
            note_use(session, caller.key_id, moment)
    except OperationalError:
        pass  # a courtesy; what the caller asks for may need no writing
