"""Large, lying and slow bodies, sent to a gateway that runs alone."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from pathlib import Path

import pytest

from bench.large_bodies import DIARIZE, LARGEST_BYTES, MIB, largest_body, memory_watched, processes_of, submit
from deploy.local.lone_gateway import LoneGateway, lone_gateway
from tests.end_to_end.provoking import Provoked, errors_in, provokes
from tests.end_to_end.v1 import IDENTIFICATIONS

pytestmark = pytest.mark.one_machine("its gateway runs alone")

BODY_SECONDS = 6


def connect(gateway: LoneGateway, *headers: str, path: str = DIARIZE) -> socket.socket:
    """A connection on which a request has begun."""
    connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=60)
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"X-API-Key: {gateway.api_key}"]
    connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode())
    return connection


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneGateway]:
    """The gateway's own command on a data dir of the test's own."""
    folder = tmp_path_factory.mktemp("gateway")
    with lone_gateway(folder, ROLLCALL_BODY_SECONDS=str(BODY_SECONDS)) as alone:
        yield alone


def first_line(connection: socket.socket) -> str:
    return connection.recv(4096).split(b"\r\n")[0].decode()


@pytest.fixture(scope="module")
def largest() -> bytes:
    """A body with the largest content allowed."""
    return largest_body()


def test_the_largest_content_is_accepted(gateway: LoneGateway, largest: bytes) -> None:
    assert submit(gateway, largest).status_code == 202


def test_four_of_the_largest_at_once_take_little_memory(gateway: LoneGateway, largest: bytes) -> None:
    with memory_watched(gateway) as growth, ThreadPoolExecutor(4) as pool:
        statuses = [response.status_code for response in pool.map(submit, [gateway] * 4, [largest] * 4)]
    assert (statuses, growth.mib < 400) == ([202] * 4, True), f"{growth.mib:.0f} MiB"


def test_a_larger_body_is_refused_before_it_is_sent(gateway: LoneGateway) -> None:
    with connect(gateway, f"Content-Length: {10 * LARGEST_BYTES}") as connection:
        assert first_line(connection) == "HTTP/1.1 413 REQUEST ENTITY TOO LARGE"


def test_an_endless_chunked_body_is_refused(gateway: LoneGateway) -> None:
    chunk = b"100000\r\n" + b" " * MIB + b"\r\n"
    with connect(gateway, "Transfer-Encoding: chunked") as connection:
        try:
            for _ in range(200):
                connection.sendall(chunk)
        except OSError:
            pass  # the service has stopped listening, which is what is wanted
        else:
            pytest.fail("200 MiB were taken")
    assert submit(gateway, b"{}").status_code == 400


FORM = "multipart/form-data; boundary=x"
CUT_OFF = [
    pytest.param(DIARIZE, "application/json", id="dialect 1", marks=provokes("body_incomplete", dialect=1)),
    pytest.param(
        IDENTIFICATIONS, "application/json", id="dialect 2", marks=provokes("body_incomplete", dialect=2)
    ),
    pytest.param(IDENTIFICATIONS, FORM, id="a form", marks=provokes("body_incomplete", dialect=2)),
]


def answer_to(connection: socket.socket, heard: set[Provoked]) -> int:
    """The status of an answer, whose error is added to what the test has heard."""
    answer = HTTPResponse(connection)
    answer.begin()
    heard.update(errors_in(answer.status, answer.headers["Content-Type"], json.loads(answer.read())))
    return answer.status


@pytest.mark.parametrize(("path", "kind"), CUT_OFF)
def test_a_body_shorter_than_it_claims_is_ended(
    gateway: LoneGateway, path: str, kind: str, held_to_its_marks: set[Provoked]
) -> None:
    started = time.monotonic()
    with connect(gateway, "Content-Length: 1000", f"Content-Type: {kind}", path=path) as connection:
        connection.sendall(b'{"content"')
        status = answer_to(connection, held_to_its_marks)
    assert (status, time.monotonic() - started < BODY_SECONDS + 2) == (400, True)


@pytest.mark.parametrize(("path", "kind"), CUT_OFF[:2])
def test_a_body_that_its_sender_breaks_off_is_refused(
    gateway: LoneGateway, path: str, kind: str, held_to_its_marks: set[Provoked]
) -> None:
    with connect(gateway, "Content-Length: 1000", f"Content-Type: {kind}", path=path) as connection:
        connection.sendall(b"{}")
        connection.shutdown(socket.SHUT_WR)
        assert answer_to(connection, held_to_its_marks) == 400


def test_a_slow_sender_is_ended(gateway: LoneGateway) -> None:
    started = time.monotonic()
    with connect(gateway, "Content-Length: 1000") as connection:
        while time.monotonic() - started < BODY_SECONDS + 5:
            try:
                connection.sendall(b" ")
            except OSError:
                break
            time.sleep(0.3)
    assert time.monotonic() - started < BODY_SECONDS + 2


def test_slow_senders_do_not_keep_others_waiting_for_long(gateway: LoneGateway) -> None:
    slow = [connect(gateway, "Content-Length: 1000") for _ in range(20)]
    started = time.monotonic()
    answer = submit(gateway, b"{}")
    waited_seconds = time.monotonic() - started
    for connection in slow:
        connection.close()
    assert (answer.status_code, waited_seconds < 2 * BODY_SECONDS + 4) == (400, True), waited_seconds


def test_no_temporary_file_is_left(gateway: LoneGateway) -> None:
    opened = [file.path for process in processes_of(gateway) for file in process.open_files()]
    assert [path for path in opened if Path(path).name.startswith("tmp")] == []
