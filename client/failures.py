"""What requests and the service tell of a failure, as errors of the tree."""

from contextlib import suppress
from typing import Any

import requests
from urllib3.exceptions import InvalidHeader, LocationValueError
from urllib3.util import Retry

from client.errors import Refused, UnexpectedAnswer, Unreachable, refused_by_status

NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    LocationValueError,
    UnicodeError,
)
REASONS: tuple[tuple[str, str, bool], ...] = (
    ("NameResolutionError", "its name has no address", False),
    ("ConnectTimeout", "no connection in time", False),
    ("NewConnectionError", "the connection was refused", False),
    ("SSLCertVerificationError", "its certificate is not trusted", False),
    ("SSLError", "the encrypted connection failed", True),
    ("ReadTimeout", "no answer in time", True),
    ("ConnectionResetError", "the connection broke off", True),
    ("BrokenPipeError", "the connection broke off", True),
)
"""By a word in the error's text: what it means, and whether the request may have arrived."""


def unreachable(url: str, error: Exception) -> Unreachable | UnexpectedAnswer:
    """A request that got no answer."""
    if isinstance(error, NO_ADDRESS):
        return UnexpectedAnswer(f"{url!r} is not an address; write one like http://127.0.0.1:8000.")
    if isinstance(error, requests.exceptions.InvalidSchema | requests.exceptions.InvalidHeader):
        return UnexpectedAnswer(f"{url!r} or the API key cannot be used: {type(error).__name__}.")
    told = f"{type(error).__name__} {error!r}"
    for word, reason, was_sent in REASONS:
        if word in told:
            return Unreachable(f"{url} does not answer: {reason}.", was_sent=was_sent)
    return Unreachable(f"{url} does not answer: {type(error).__name__}.")


def refusal(url: str, response: requests.Response) -> Refused | UnexpectedAnswer:
    """An answer that is an error: the service's problem, or that of something else at its address."""
    status = response.status_code
    kind = refused_by_status(status)
    retry_after_seconds = _retry_after_seconds(response.headers.get("Retry-After"))
    fields = _problem(response)
    if fields is None and status < requests.codes.server_error:
        return UnexpectedAnswer(
            f"What answers at {url} is not Rollcall: status {status} without a reason; check the address."
        )
    if fields is None:
        message = f"{url} answered with status {status} and no reason; is a proxy before it?"
        return kind(message, status=status, code="unknown", retry_after_seconds=retry_after_seconds)
    return kind(
        str(fields["detail"]),
        status=status,
        code=str(fields["code"]),
        complaints=[(str(one["field"]), str(one["message"])) for one in fields.get("errors", ())],
        retry_after_seconds=retry_after_seconds,
    )


def _problem(response: requests.Response) -> dict[str, Any] | None:
    with suppress(ValueError, requests.RequestException):
        fields = response.json()
        if isinstance(fields, dict) and {"code", "detail"} <= fields.keys():
            return fields
    return None


def _retry_after_seconds(text: str | None) -> float | None:
    """Seconds, or a time; both are allowed (RFC 9110, section 10.2.3)."""
    if text is None:
        return None
    with suppress(InvalidHeader):
        return float(Retry().parse_retry_after(text))
    return None
