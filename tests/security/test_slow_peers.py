"""What takes long before, besides and beyond the bytes of a body ends as well."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from shared.egress.deadline import Deadline
from tests.security.calling import CALLS, guard
from tests.security.hostile import HOSTILE, OK, repeating
from tests.security.servers import HERE, Talk, serving
from worker.audio import downloading
from worker.webhooks import posting

DEADLINE_SECONDS, SLACK_SECONDS = 1.0, 2.0
LONG_SECONDS = 30
each_call = pytest.mark.parametrize("call", CALLS)


@pytest.fixture
def short_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "DOWNLOAD_SECONDS", DEADLINE_SECONDS)
    monkeypatch.setattr(posting, "ATTEMPT_SECONDS", DEADLINE_SECONDS)


@pytest.fixture
def short_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "DOWNLOAD_SECONDS", LONG_SECONDS)
    monkeypatch.setattr(downloading, "RATE_WINDOW_SECONDS", 0.5)


@pytest.fixture
def full_backlog() -> Iterator[int]:
    """The port of a listener that has all the connections it takes, and accepts none."""
    with socket.create_server((HERE, 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(4):
            connection = waiting.enter_context(socket.socket())
            connection.setblocking(False)
            connection.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def seconds_of(call: str, url: str) -> float:
    started = time.monotonic()
    CALLS[call](url, guard())
    return time.monotonic() - started


def fetched_in(talk: Talk) -> tuple[str, float]:
    started = time.monotonic()
    with serving(talk) as port:
        return CALLS["audio"](f"http://{HERE}:{port}/", guard()), time.monotonic() - started


@each_call
@pytest.mark.usefixtures("short_deadlines")
def test_a_name_server_that_does_not_answer_is_not_waited_for(
    call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, **__: Any) -> list[Any]:
        time.sleep(10)
        return []

    monkeypatch.setattr("socket.getaddrinfo", slow)
    assert seconds_of(call, "http://slow.example/") < DEADLINE_SECONDS + SLACK_SECONDS


@each_call
@pytest.mark.usefixtures("short_deadlines")
def test_a_peer_that_does_not_accept_is_not_waited_for(call: str, full_backlog: int) -> None:
    assert seconds_of(call, f"http://{HERE}:{full_backlog}/") < DEADLINE_SECONDS + SLACK_SECONDS


def test_a_connection_made_after_the_deadline_is_shut_down() -> None:
    deadline = Deadline(0.01)
    time.sleep(0.2)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        deadline.watch(ours)
        theirs.settimeout(1)
        assert theirs.recv(1) == b""
    deadline.close()


def test_a_head_that_does_not_end_is_cut_off_before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "HEAD_SECONDS", DEADLINE_SECONDS)
    _, seconds = fetched_in(HOSTILE["head of 1 byte/s"])
    assert seconds < DEADLINE_SECONDS + SLACK_SECONDS


@pytest.mark.usefixtures("short_windows")
@pytest.mark.parametrize("name", ["body of 1 byte/s", "chunks of 1 byte/s"])
def test_a_body_below_the_minimum_rate_is_cut_off_long_before_the_deadline(name: str) -> None:
    _, seconds = fetched_in(HOSTILE[name])
    assert seconds < LONG_SECONDS / 10


@pytest.mark.usefixtures("short_windows")
def test_a_body_that_starts_fast_and_goes_on_slowly_is_cut_off() -> None:
    _, seconds = fetched_in(repeating(OK + b"\r\n" + bytes(1_000_000), b"x", 0.1))
    assert seconds < LONG_SECONDS / 10


@pytest.mark.usefixtures("short_windows")
def test_a_body_above_the_minimum_rate_is_taken_to_its_end() -> None:
    def steady(connection: socket.socket, _: bytes) -> None:
        connection.sendall(OK + b"Content-Length: 6000\r\n\r\n")
        for _ in range(20):
            connection.sendall(bytes(300))
            time.sleep(0.1)

    outcome, _ = fetched_in(steady)
    assert outcome == "ok"
