"""Large, lying and slow bodies, sent to a gateway that runs alone."""

import base64
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

import psutil
import pytest
import requests

from deploy.local.lone_gateway import LoneGateway, lone_gateway
from tests.end_to_end.conftest import PREFIX
from tests.end_to_end.provoking import Provoked, errors_in, provokes
from tests.end_to_end.v1 import IDENTIFICATIONS

DIARIZE = f"{PREFIX}/v2/async/diarize"
MIB = 1024 * 1024
LARGEST_BYTES = 64 * MIB
BODY_SECONDS = 6


@dataclass(frozen=True)
class Gateway:
    """A gateway process with neither Redis nor worker, and requests to it."""

    alone: LoneGateway

    def processes(self) -> list[psutil.Process]:
        launcher = psutil.Process(self.alone.pid)
        return [launcher, *launcher.children(recursive=True)]

    def submit(self, body: bytes) -> requests.Response:
        return requests.post(
            self.alone.url + DIARIZE,
            data=body,
            params={"webhook": "https://example.com/hook"},
            headers={"X-API-Key": self.alone.api_key},
            timeout=120,
        )

    def connect(self, *headers: str, path: str = DIARIZE) -> socket.socket:
        """A connection on which a request has begun."""
        connection = socket.create_connection(("127.0.0.1", self.alone.port), timeout=60)
        lines = [f"POST {path} HTTP/1.1", "Host: x", f"X-API-Key: {self.alone.api_key}"]
        connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode())
        return connection


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The gateway's own command on a data dir of the test's own."""
    folder = tmp_path_factory.mktemp("gateway")
    with lone_gateway(folder, ROLLCALL_BODY_SECONDS=str(BODY_SECONDS)) as alone:
        yield Gateway(alone)


def first_line(connection: socket.socket) -> str:
    return connection.recv(4096).split(b"\r\n")[0].decode()


@pytest.fixture(scope="module")
def largest_body() -> bytes:
    """The largest content allowed: no text, and no audio either, which only a worker can tell."""
    content = base64.b64encode(b"\x00\xff" + os.urandom(LARGEST_BYTES - 2)).decode()
    return json.dumps({"content": content}).encode()


def test_the_largest_content_is_accepted(gateway: Gateway, largest_body: bytes) -> None:
    assert gateway.submit(largest_body).status_code == 202


def test_four_of_the_largest_at_once_take_little_memory(gateway: Gateway, largest_body: bytes) -> None:
    def resident_bytes() -> int:
        return sum(process.memory_info().rss for process in gateway.processes())

    before, peak, done = resident_bytes(), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.02):
            peak = max(peak, resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(4) as pool:
        statuses = [response.status_code for response in pool.map(gateway.submit, [largest_body] * 4)]
    done.set()
    watcher.join()
    assert (statuses, (peak - before) // MIB < 400) == ([202] * 4, True), f"{(peak - before) // MIB} MiB"


def test_a_larger_body_is_refused_before_it_is_sent(gateway: Gateway) -> None:
    with gateway.connect(f"Content-Length: {10 * LARGEST_BYTES}") as connection:
        assert first_line(connection) == "HTTP/1.1 413 REQUEST ENTITY TOO LARGE"


def test_an_endless_chunked_body_is_refused(gateway: Gateway) -> None:
    chunk = b"100000\r\n" + b" " * MIB + b"\r\n"
    with gateway.connect("Transfer-Encoding: chunked") as connection:
        try:
            for _ in range(200):
                connection.sendall(chunk)
        except OSError:
            pass  # the service has stopped listening, which is what is wanted
        else:
            pytest.fail("200 MiB were taken")
    assert gateway.submit(b"{}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(DIARIZE, marks=provokes("body_incomplete", dialect=1)),
        pytest.param(IDENTIFICATIONS, marks=provokes("body_incomplete", dialect=2)),
    ],
)
def test_a_body_shorter_than_it_claims_is_ended(
    gateway: Gateway, path: str, held_to_its_marks: set[Provoked]
) -> None:
    started = time.monotonic()
    with gateway.connect("Content-Length: 1000", "Content-Type: application/json", path=path) as connection:
        connection.sendall(b'{"content"')
        answer = HTTPResponse(connection)
        answer.begin()
        body = json.loads(answer.read())
    held_to_its_marks.update(errors_in(answer.status, answer.headers["Content-Type"], body))
    assert (answer.status, time.monotonic() - started < BODY_SECONDS + 2) == (400, True)


def test_a_slow_sender_is_ended(gateway: Gateway) -> None:
    started = time.monotonic()
    with gateway.connect("Content-Length: 1000") as connection:
        while time.monotonic() - started < BODY_SECONDS + 5:
            try:
                connection.sendall(b" ")
            except OSError:
                break
            time.sleep(0.3)
    assert time.monotonic() - started < BODY_SECONDS + 2


def test_slow_senders_do_not_keep_others_waiting_for_long(gateway: Gateway) -> None:
    slow = [gateway.connect("Content-Length: 1000") for _ in range(20)]
    started = time.monotonic()
    answer = gateway.submit(b"{}")
    waited_seconds = time.monotonic() - started
    for connection in slow:
        connection.close()
    assert (answer.status_code, waited_seconds < 2 * BODY_SECONDS + 4) == (400, True), waited_seconds


def test_no_temporary_file_is_left(gateway: Gateway) -> None:
    opened = [file.path for process in gateway.processes() for file in process.open_files()]
    assert [path for path in opened if Path(path).name.startswith("tmp")] == []
