"""TLS goes to the pinned address, names and verifies the url's host, and ends by the deadline."""

import ssl
import time
from pathlib import Path

import pytest

from tests.security.calling import CALLS, guard
from tests.security.certificates import server_context
from tests.security.hostile import HOSTILE
from tests.security.resolver import resolver
from tests.security.servers import HERE, Talk, answer, saying, serving
from worker.audio import downloading
from worker.webhooks import posting

NAME, OTHER = "voice.example", "other.example"
DEADLINE_SECONDS, SLACK_SECONDS = 1.0, 2.0
each_call = pytest.mark.parametrize("call", CALLS)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context for the name, which the service trusts."""
    context, trusted = server_context(tmp_path, NAME)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(trusted))
    monkeypatch.setattr("socket.getaddrinfo", resolver({NAME: [[HERE]], OTHER: [[HERE]]}))
    return context


@pytest.fixture
def short_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "DOWNLOAD_SECONDS", DEADLINE_SECONDS)
    monkeypatch.setattr(posting, "ATTEMPT_SECONDS", DEADLINE_SECONDS)


def seconds_with(call: str, talk: Talk, tls: ssl.SSLContext | None) -> float:
    started = time.monotonic()
    with serving(talk, tls=tls) as port:
        CALLS[call](f"https://{NAME}:{port}/", guard())
        return time.monotonic() - started


@each_call
@pytest.mark.parametrize("host", [NAME, NAME.upper(), f"{NAME}."])
def test_a_server_with_the_hosts_certificate_is_spoken_to(call: str, host: str, tls: ssl.SSLContext) -> None:
    with serving(saying(answer()), tls=tls) as port:
        assert CALLS[call](f"https://{host}:{port}/", guard()) == "ok"


@each_call
def test_a_server_is_told_the_urls_host(call: str, tls: ssl.SSLContext) -> None:
    told: list[str | None] = []
    tls.sni_callback = lambda _connection, name, _context: told.append(name)  # type: ignore[assignment, misc]
    with serving(saying(answer()), tls=tls) as port:
        CALLS[call](f"https://{NAME}:{port}/", guard())
    assert told == [NAME]


@pytest.mark.parametrize(("call", "outcome"), [("audio", "audio_unreachable"), ("webhook", "SSLError")])
@pytest.mark.parametrize("host", [OTHER, HERE])
def test_a_certificate_for_another_host_is_refused(
    call: str, outcome: str, host: str, tls: ssl.SSLContext
) -> None:
    with serving(saying(answer()), tls=tls) as port:
        assert CALLS[call](f"https://{host}:{port}/", guard()) == outcome


@pytest.mark.parametrize(("call", "outcome"), [("audio", "audio_unreachable"), ("webhook", "SSLError")])
@pytest.mark.usefixtures("tls")
def test_a_certificate_of_an_unknown_authority_is_refused(call: str, outcome: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    unknown, _ = server_context(tmp_path / "other", NAME)
    with serving(saying(answer()), tls=unknown) as port:
        assert CALLS[call](f"https://{NAME}:{port}/", guard()) == outcome


@each_call
def test_authorities_are_read_once_for_all_connections(
    call: str, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    reading = ssl.SSLContext.load_verify_locations

    def counting(context: ssl.SSLContext, authorities: str) -> None:
        read.append(authorities)
        reading(context, authorities)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counting)
    with serving(saying(answer()), tls=tls) as port:
        assert [CALLS[call](f"https://{NAME}:{port}/", guard()) for _ in range(3)] == ["ok"] * 3
    assert len(read) == 1


@each_call
@pytest.mark.usefixtures("short_deadlines")
@pytest.mark.parametrize("name", ["head of 1 byte/s", "body of 1 byte/s", "redirect with a body of 1 byte/s"])
def test_a_slow_peer_is_cut_off_behind_tls_too(call: str, name: str, tls: ssl.SSLContext) -> None:
    assert seconds_with(call, HOSTILE[name], tls) < DEADLINE_SECONDS + SLACK_SECONDS


@each_call
@pytest.mark.usefixtures("short_deadlines", "tls")
def test_a_handshake_that_does_not_go_on_is_cut_off(call: str) -> None:
    assert seconds_with(call, HOSTILE["silence"], tls=None) < DEADLINE_SECONDS + SLACK_SECONDS
