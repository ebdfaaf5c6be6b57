"""One attempt at receivers of every kind, over real sockets."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from shared.egress import EgressGuard
from worker.webhooks import posting
from worker.webhooks.posting import Outcome, post

GUARD = EgressGuard([ip_network("127.0.0.0/8")])
MOMENT = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
BODY = b'{"type": "job.succeeded"}'
Talk = Callable[[socket.socket], None]


@contextmanager
def receiver(talk: Talk) -> Iterator[str]:
    """The url of a receiver that talks as the test wants once it has the request."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                received = b""
                while BODY not in received:
                    received += connection.recv(65536)
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        thread.join(5)


def saying(answer: bytes) -> Talk:
    return lambda connection: connection.sendall(answer)


def posted(talk: Talk) -> Outcome:
    with receiver(talk) as url:
        return post(GUARD, url, BODY, {}, MOMENT)


def dripping(head: bytes, seconds: float = 3) -> Talk:
    """A byte every tenth of a second, for longer than the test gives an attempt."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        ends_at = time.monotonic() + seconds
        try:
            while time.monotonic() < ends_at:
                connection.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            pass

    return talk


@pytest.fixture
def short_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ATTEMPT_SECONDS", 0.5)


def test_an_answer_is_kept_with_its_status() -> None:
    outcome = posted(saying(b"HTTP/1.1 500 No\r\nContent-Length: 6\r\n\r\nbroken"))
    assert (outcome.status_code, outcome.answer) == (500, "broken")


def test_only_the_first_kilobyte_of_an_answer_is_kept() -> None:
    outcome = posted(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"a" * 5000))
    assert outcome.answer == "a" * 1024


def test_what_no_database_takes_is_replaced_in_an_answer() -> None:
    outcome = posted(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\x00\xff!"))
    assert outcome.answer == "\ufffd\ufffd!"


def test_a_redirect_is_not_followed() -> None:
    outcome = posted(saying(b"HTTP/1.1 302 Found\r\nLocation: /hook\r\nContent-Length: 0\r\n\r\n"))
    assert (outcome.status_code, outcome.delivered) == (302, False)


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_a_receiver_asks_for_is_heard(status: int) -> None:
    answer = f"HTTP/1.1 {status} Later\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"
    assert posted(saying(answer.encode())).pause_seconds == 120


def test_a_pause_with_another_status_is_not_heard() -> None:
    answer = b"HTTP/1.1 500 No\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"
    assert posted(saying(answer)).pause_seconds is None


def test_a_receiver_that_resets_gave_no_answer() -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    assert posted(reset) == Outcome(None, "ConnectionError")


@pytest.mark.usefixtures("short_attempts")
def test_a_receiver_that_drips_headers_is_cut_off() -> None:
    started = time.monotonic()
    outcome = posted(dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "))
    assert (outcome.status_code, time.monotonic() - started < 2.5) == (None, True)


@pytest.mark.usefixtures("short_attempts")
def test_a_status_counts_though_the_rest_of_the_answer_drips() -> None:
    assert posted(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")).delivered


def test_nobody_listening_is_no_answer() -> None:
    assert post(GUARD, "http://127.0.0.1:1/hook", BODY, {}, MOMENT).status_code is None


def test_an_address_inside_is_not_posted_to() -> None:
    assert post(EgressGuard(), "http://127.0.0.1:1/hook", BODY, {}, MOMENT) == Outcome(None, "egress_denied")
