"""Marks that say which error a test provokes, and what holds a test to its marks.

``@provokes("audio_empty", dialect=1)``: while the test runs, the error's code must come over HTTP in that
dialect's shape, as an answer with the error's own status or as the error of a failed job.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from shared.errors import all_errors

STATUSES = {kind.code: kind.http_status for kind in all_errors()}
Provoked = tuple[str, int]
"""A code, and the dialect in which it came."""


def provokes(code: str, dialect: int) -> pytest.MarkDecorator:
    """The mark."""
    return pytest.mark.provokes(code, dialect)


def marked(item: pytest.Item) -> set[Provoked]:
    """What a test says that it provokes."""
    return {(mark.args[0], mark.args[1]) for mark in item.iter_markers("provokes")}


def errors_in(status: int, content_type: str, body: Any) -> Iterator[Provoked]:
    """The error that an answer carries, if it does so in one of the shapes that are promised."""
    match body:
        case {"fault": {"faultstring": str(), "detail": {"errorcode": code}}} if _fits(_bare(code), status):
            yield _bare(code), 1
        case {"status": "Failed", "response": {"error": {"detail": {"errorcode": code}}}}:
            yield _bare(code), 1
        case {"code": code, "detail": str()} if _fits(code, status) and content_type.endswith("problem+json"):
            yield code, 2
        case {"status": "failed", "error": {"code": code}}:
            yield code, 2


def _fits(code: str, status: int) -> bool:
    return STATUSES.get(code) == status


def _bare(dotted: str) -> str:
    # The one code that is not ours but the retired service's.
    return "invalid_api_key" if dotted == "oauth.v2.InvalidApiKey" else dotted.removeprefix("rollcall.")


@pytest.fixture(autouse=True)
def held_to_its_marks(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[set[Provoked]]:
    """Fails a test whose marks name an error that never came; one without ``requests`` adds what it saw."""
    heard: set[Provoked] = set()
    send = requests.Session.send

    def listening(session: requests.Session, *what: Any, **how: Any) -> requests.Response:
        response = send(session, *what, **how)
        kind = response.headers.get("Content-Type", "")
        if not how.get("stream") and kind.endswith("json"):
            heard.update(errors_in(response.status_code, kind, response.json()))
        return response

    monkeypatch.setattr(requests.Session, "send", listening)
    yield heard
    assert marked(request.node) <= heard, "the marks name errors that did not come"
