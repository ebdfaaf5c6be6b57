"""The two ways in which a caller makes the service connect: audio to fetch, and a webhook to post."""

from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from shared.domain import AudioSource
from shared.egress import EgressGuard
from shared.errors import RollcallError
from tests.security.servers import OPENED
from worker.audio.fetching import fetched_audio
from worker.webhooks.posting import post

MOMENT = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
NO_BLOBS: Any = None
Call = Callable[[str, EgressGuard], str]
"""Gets a url; returns ``ok``, or the code of the error."""


def guard(*opened: str) -> EgressGuard:
    """The address of the tests' own servers is open, with what else the test names."""
    return EgressGuard([ip_network(network) for network in (OPENED, *opened)])


def fetch(url: str, by: EgressGuard, max_bytes: int = 64 * 1024 * 1024) -> str:
    """Fetch audio as a worker does."""
    try:
        with fetched_audio(AudioSource(url=url), NO_BLOBS, by, max_bytes):
            return "ok"
    except RollcallError as error:
        return error.code


def hook(url: str, by: EgressGuard) -> str:
    """Post a webhook as a delivery worker does."""
    outcome = post(by, url, b"{}", {}, MOMENT)
    return "ok" if outcome.delivered else outcome.error or str(outcome.status_code)


CALLS: dict[str, Call] = {"audio": fetch, "webhook": hook}
