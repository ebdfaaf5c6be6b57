"""Which addresses may be reached, and that the approved one is the one connected to."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
import requests

from shared.egress import EgressGuard, GuardedSession
from shared.errors import EgressDenied, InvalidField

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "168.63.129.16", "192.0.2.1",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "2001::1",
    "fc00::1", "fe80::1", "ff02::1", "2001:db8::1", "4000::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_leads_inside_is_denied(address: str) -> None:
    assert not EgressGuard().is_allowed(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_allowed(address: str) -> None:
    assert EgressGuard().is_allowed(ip_address(address))


def test_an_opened_network_is_allowed() -> None:
    assert EgressGuard([ip_network("10.0.0.0/8")]).is_allowed(ip_address("10.1.2.3"))


def closed(*networks: str, opened: str = "192.168.0.0/16") -> EgressGuard:
    return EgressGuard([ip_network(opened)], deny=[ip_network(network) for network in networks])


@pytest.mark.parametrize("address", ["8.8.8.8", "::ffff:8.8.8.8", "2a00:64::a9fe:a9fe"])
def test_a_closed_network_is_denied_though_it_is_public(address: str) -> None:
    assert not closed("8.8.8.8/32", "2a00:64::/96").is_allowed(ip_address(address))


def test_a_closed_network_is_denied_though_it_is_opened() -> None:
    assert not closed("192.168.1.0/24").is_allowed(ip_address("192.168.1.1"))


def test_the_neighbours_of_a_closed_network_are_allowed() -> None:
    assert closed("8.8.8.8/32").is_allowed(ip_address("8.8.8.9"))


def test_the_refusal_names_the_setting_that_closes_the_network() -> None:
    with pytest.raises(EgressDenied, match="ROLLCALL_EGRESS_DENY"):
        closed("8.8.8.8/32").check_url("http://8.8.8.8/", "webhook")


def test_a_name_with_a_closed_address_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("8.8.8.8", 80))])
    with pytest.raises(EgressDenied):
        closed("8.8.8.0/24").resolve("example.com", 80, "url")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://LOCALHOST./",
    ],
)  # fmt: skip
def test_this_machine_is_denied_in_every_spelling(url: str) -> None:
    with pytest.raises(EgressDenied):
        EgressGuard().check_url(url, "url")


@pytest.mark.parametrize(
    "url",
    ["", "nope", "ftp://example.com/", "file:///etc/passwd", "http://", "http:///x", "//example.com",
     "http://a b/", "http://example.com:99999/", "http://user:secret@example.com/", "http://exa\nmple.com/"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidField):
        EgressGuard().check_url(url, "webhook")


def test_the_refusal_names_the_setting_that_opens_the_network() -> None:
    with pytest.raises(EgressDenied, match="ROLLCALL_EGRESS_ALLOW"):
        EgressGuard().check_url("http://127.0.0.1:9000/", "webhook")


def test_a_name_with_one_denied_address_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(0, 0, 0, "", ("8.8.8.8", 80)), (0, 0, 0, "", ("10.0.0.1", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(EgressDenied):
        EgressGuard().resolve("example.com", 80, "url")


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """Answers with the Host header it was sent; redirects from /away to an address inside."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("Location", "http://10.0.0.1/")
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode())

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield listening
    listening.shutdown()
    listening.server_close()


def only_this_machine() -> GuardedSession:
    return GuardedSession(EgressGuard([ip_network("127.0.0.0/8")]), "url", 5)


def test_the_host_header_is_the_urls(server: ThreadingHTTPServer) -> None:
    url = f"http://localhost:{server.server_port}/"
    with only_this_machine() as session:
        assert session.get(url, timeout=5).text == f"localhost:{server.server_port}"


def test_a_session_follows_no_redirect_by_itself(server: ThreadingHTTPServer) -> None:
    with only_this_machine() as session:
        assert session.get(f"http://127.0.0.1:{server.server_port}/away", timeout=5).status_code == 302


def test_a_denied_address_is_not_connected_to(server: ThreadingHTTPServer) -> None:
    with GuardedSession(EgressGuard(), "url", 5) as session, pytest.raises(EgressDenied):
        session.get(f"http://127.0.0.1:{server.server_port}/", timeout=5)


def test_proxies_of_the_machine_are_ignored(
    server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with only_this_machine() as session:
        assert session.get(f"http://127.0.0.1:{server.server_port}/", timeout=5).ok


@pytest.mark.parametrize(
    "sent_first", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"]
)
def test_a_dripping_answer_is_cut_off_at_the_deadline(sent_first: bytes) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(sent_first)
            while True:
                connection.sendall(b"x")
                time.sleep(0.1)

    threading.Thread(target=drip, daemon=True).start()
    started = time.monotonic()
    session = GuardedSession(EgressGuard([ip_network("127.0.0.0/8")]), "url", 1)
    with pytest.raises(requests.RequestException), session:
        session.get(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=5)
    listener.close()
    assert time.monotonic() - started < 2
