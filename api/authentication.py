"""Who is asking: an API key in a header, or, for callers of the retired service, in the query."""

from flask import Request, g

from shared.errors import InvalidApiKey
from shared.services import Services
from shared.store.tenants import Caller, authenticate


def presented_key(request: Request) -> str | None:
    """The key of a request, headers first."""
    authorization = request.headers.get("Authorization", "")
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    return request.headers.get("X-API-Key") or request.args.get("apikey")


def require_caller(request: Request, services: Services) -> None:
    """Find the caller and keep him for the request. Raises InvalidApiKey."""
    key = presented_key(request)
    if not key:
        raise InvalidApiKey(
            "No API key; send header 'Authorization: Bearer KEY' or 'X-API-Key: KEY', or query apikey=KEY."
        )
    with services.store.reading() as session:
        caller = authenticate(session, key)
    if caller is None:
        raise InvalidApiKey("apikey is not a valid key; check it for typing errors or ask for a new one.")
    g.caller = caller


def current_caller() -> Caller:
    """The caller that :func:`require_caller` found."""
    caller: Caller = g.caller
    return caller
