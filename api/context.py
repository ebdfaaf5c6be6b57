"""What a request's code needs of the process and of the request, for every dialect."""

from typing import IO

from flask import current_app, g, request

from api.authentication import current_caller, require_caller
from api.rate_limits import RateLimits
from api.submission import Submissions
from shared.services import Services


def services() -> Services:
    """The process's services."""
    found: Services = current_app.extensions["services"]
    return found


def submissions() -> Submissions:
    """The shared submission path."""
    found: Submissions = current_app.extensions["submissions"]
    return found


def admit() -> None:
    """Let a request in whose key is good for it, and count it.

    Raises InvalidApiKey, ScopeMissing and RateLimited.
    """
    require_caller(request, services())
    limits: RateLimits = current_app.extensions["rate_limits"]
    limits.count(current_caller())


def close_after_request(file: IO[bytes]) -> None:
    """Drop a temporary file when the request ends, however it does."""
    g.setdefault("temporary_files", []).append(file)


def drop_temporary_files(_: BaseException | None) -> None:
    """Close what the request received; the app calls it at the end of each."""
    for file in g.pop("temporary_files", []):
        file.close()
