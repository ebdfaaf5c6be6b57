"""What the HTTP server itself refuses, before the application sees it, and what it says of that."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.serving import HEADER_SECONDS
from deploy.local.lone_gateway import LoneGateway, lone_gateway
from deploy.processes.commands import HEADER_BYTES, MOST_HEADERS

SECRET = "Sesame9Opens"
HOST = "Host: x"
# Status, and a request of that kind which holds a secret.
NO_REQUESTS = {
    400: f"G E T /?apikey={SECRET} HTTP/1.1\r\n\r\n",
    414: f"GET /?apikey={SECRET}{'x' * 9000} HTTP/1.1\r\n{HOST}\r\n\r\n",
    431: f"GET / HTTP/1.1\r\n{HOST}\r\nX-API-Key: {SECRET}{'x' * HEADER_BYTES}\r\n\r\n",
    501: f"POST /?apikey={SECRET} HTTP/1.1\r\n{HOST}\r\nTransfer-Encoding: {SECRET}\r\n\r\n",
}
PROTECTION = ["X-Content-Type-Options: nosniff", "X-Frame-Options: DENY", "Cache-Control: no-store"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "log"


@pytest.fixture(scope="module")
def gateway(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneGateway]:
    """The gateway's own command, with few threads."""
    with (
        log.open("wb") as output,
        lone_gateway(tmp_path_factory.mktemp("data"), log=output, ROLLCALL_GATEWAY_THREADS="5") as alone,
    ):
        yield alone


def connect(gateway: LoneGateway) -> socket.socket:
    return socket.create_connection(("127.0.0.1", gateway.port), timeout=60)


def answer(gateway: LoneGateway, request: str) -> str:
    """All that comes back until the server closes."""
    with connect(gateway) as connection:
        connection.sendall(request.encode())
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received.decode()


def status(text: str) -> int:
    return int(text.split(" ", 2)[1])


def get(path: str, *headers: str) -> str:
    return "\r\n".join([f"GET {path} HTTP/1.1", HOST, "Connection: close", *headers, "", ""])


@pytest.mark.parametrize("expected", NO_REQUESTS)
def test_what_is_no_request_is_refused_as_such(gateway: LoneGateway, expected: int) -> None:
    assert status(answer(gateway, NO_REQUESTS[expected])) == expected


@pytest.mark.parametrize("kind", NO_REQUESTS)
@pytest.mark.parametrize("header", PROTECTION)
def test_a_refusal_is_protected_as_every_answer_is(gateway: LoneGateway, kind: int, header: str) -> None:
    assert header in answer(gateway, NO_REQUESTS[kind]).split("\r\n")


@pytest.mark.parametrize("kind", NO_REQUESTS)
def test_a_refusal_quotes_nothing_of_the_request(gateway: LoneGateway, kind: int) -> None:
    assert SECRET not in answer(gateway, NO_REQUESTS[kind])


@pytest.mark.parametrize("kind", NO_REQUESTS)
def test_the_log_quotes_nothing_of_what_was_refused(gateway: LoneGateway, log: Path, kind: int) -> None:
    before = log.stat().st_size
    answer(gateway, NO_REQUESTS[kind])
    written = log.read_bytes()[before:].decode()
    assert (SECRET in written, "refused what is no HTTP request" in written) == (False, True)


def test_the_log_has_no_key_of_a_query(gateway: LoneGateway, log: Path) -> None:
    answer(gateway, get(f"/v1/speakers?apikey={SECRET}"))
    assert (SECRET in log.read_text(), "path=/v1/speakers" in log.read_text()) == (False, True)


def test_as_many_headers_as_allowed_are_taken(gateway: LoneGateway) -> None:
    # Two are there already.
    headers = [f"X-{number}: 1" for number in range(MOST_HEADERS - 2)]
    assert status(answer(gateway, get("/livez", *headers))) == 200


def test_more_headers_are_refused(gateway: LoneGateway) -> None:
    headers = [f"X-{number}: 1" for number in range(MOST_HEADERS + 1)]
    assert status(answer(gateway, get("/livez", *headers))) == 431


def test_a_header_with_an_underscore_does_not_pass_for_another(gateway: LoneGateway) -> None:
    """Both become the same variable of the WSGI environment."""
    spoofed = answer(gateway, get("/v1/speakers", f"X_API_Key: {gateway.api_key}"))
    assert status(spoofed) == 401


def test_headers_that_never_end_hold_no_thread(gateway: LoneGateway) -> None:
    """One byte of a request on each of more connections than there are threads."""
    connections = [connect(gateway) for _ in range(8)]
    for connection in connections:
        connection.sendall(b"G")
    started = time.monotonic()
    assert status(answer(gateway, get("/livez"))) == 200
    waited = time.monotonic() - started
    for connection in connections:
        connection.close()
    assert waited < 2 * HEADER_SECONDS + 5


def test_a_request_may_last_longer_than_its_headers_may(gateway: LoneGateway) -> None:
    """The deadline of the headers ends with them; that of the body is another."""
    with connect(gateway) as connection:
        lines = ["POST /v1/identifications HTTP/1.1", HOST, f"X-API-Key: {gateway.api_key}"]
        lines += ["Content-Type: application/json", "Content-Length: 2", "Connection: close", "", "{"]
        connection.sendall("\r\n".join(lines).encode())
        time.sleep(HEADER_SECONDS + 2)
        connection.sendall(b"}")
        assert b"invalid_field" in connection.recv(65536) + connection.recv(65536)
