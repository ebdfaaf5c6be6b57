"""One attempt to post a webhook, whatever the receiver does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import requests

from shared.egress import EgressGuard, GuardedSession, received
from shared.errors import RollcallError
from worker.webhooks.schedule import pause_asked_for

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 10
ATTEMPT_SECONDS: Final = 15
"""All of an attempt together, however slowly the receiver answers."""
ANSWER_BYTES: Final = 1024
GONE: Final = 410
TOO_MANY_REQUESTS: Final = 429
UNAVAILABLE: Final = 503
FIRST_SERVER_ERROR: Final = 500


@dataclass(frozen=True)
class Outcome:
    """What an attempt met: a status with the beginning of the answer, or the reason there was none."""

    status_code: int | None
    error: str | None = None
    pause_seconds: float | None = None
    answer: str | None = None

    @property
    def delivered(self) -> bool:
        """A redirect is no success: the body may not have arrived anywhere."""
        return self.status_code is not None and 200 <= self.status_code < 300  # noqa: PLR2004

    @property
    def final(self) -> bool:
        """No further attempt: delivered, or the receiver said that it is gone for good."""
        return self.delivered or self.status_code == GONE

    @property
    def receiver_answers(self) -> bool:
        """Whether other webhooks have a chance: it took this one, or refused it for what it is."""
        status = self.status_code
        return status is not None and status < FIRST_SERVER_ERROR and status != TOO_MANY_REQUESTS


def post(guard: EgressGuard, url: str, body: bytes, headers: Mapping[str, str], moment: datetime) -> Outcome:
    """Post a body once. A status that came in time counts, even if the rest of the answer does not come."""
    outcome = None
    try:
        with GuardedSession(guard, "webhook", ATTEMPT_SECONDS) as session:
            response = session.post(
                url,
                data=body,
                headers={**_COMMON_HEADERS, **headers},
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            session.require_time()
            outcome = Outcome(response.status_code, pause_seconds=_pause(response, moment))
            outcome = replace(outcome, answer=_beginning(response))
    except requests.RequestException as error:
        return outcome or Outcome(None, type(error).__name__)
    except RollcallError as error:
        return Outcome(None, error.code)
    return outcome


_COMMON_HEADERS: Final = {
    "Content-Type": "application/json",
    "User-Agent": "Rollcall",
    "Accept-Encoding": "identity",
}


def _pause(response: requests.Response, moment: datetime) -> float | None:
    if response.status_code not in {TOO_MANY_REQUESTS, UNAVAILABLE}:
        return None
    return pause_asked_for(response.headers.get("Retry-After"), moment)


def _beginning(response: requests.Response) -> str:
    first = b""
    with response:
        for piece in received(response, ANSWER_BYTES):
            first += piece
            if len(first) >= ANSWER_BYTES:
                break
    # PostgreSQL keeps no text with a NUL in it.
    return first[:ANSWER_BYTES].decode(errors="replace").replace("\0", "\ufffd")[:ANSWER_BYTES]
