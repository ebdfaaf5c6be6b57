"""What honest callers write still works, for audio and for webhooks."""

import socket
from collections.abc import Iterator

import pytest

from tests.security.calling import CALLS, guard
from tests.security.resolver import Answers, resolver
from tests.security.servers import HERE, answer, redirecting, saying, serving

NAMES: dict[str, Answers] = {
    name: [[HERE]]
    for name in ("voice.example", "xn--bcher-kva.example", "my_host.example", "a.b.c.d.e.example", "intranet")
}
NAMES |= {
    "twice.example": [[HERE, HERE]],
    "mapped.example": [[f"::ffff:{HERE}"]],
    "both.example": [["::1", HERE]],
}

# With the port in the place of PORT.
SHAPES = [
    f"http://{HERE}:PORT/a.wav", f"http://{HERE}:PORT", f"http://{HERE}:PORT/?", f"HTTP://{HERE}:PORT/",
    f"http://{int.from_bytes(socket.inet_aton(HERE))}:PORT/", "http://127.77.1:PORT/", "http://0x7f.77.0.1:PORT/",
    f"http://[::ffff:{HERE}]:PORT/", f"http://{HERE}:0PORT/", "http://voice.example:PORT/a.wav",
    "http://VOICE.Example:PORT/", "http://voice.example.:PORT/", "http://my_host.example:PORT/",
    "http://a.b.c.d.e.example:PORT/", "http://intranet:PORT/", "http://bücher.example:PORT/",
    "http://xn--bcher-kva.example:PORT/", "http://BÜCHER.example:PORT/",
    "http://twice.example:PORT/", "http://mapped.example:PORT/", "http://both.example:PORT/",
    "http://voice.example:PORT/a%20b.wav", "http://voice.example:PORT/é.wav", "http://voice.example:PORT/a@b.wav",
    "http://voice.example:PORT/?u=http://10.0.0.1/", "http://voice.example:PORT/?token=a%2Fb&x=1;y=2",
    "http://voice.example:PORT/a.wav#t=10", "http://voice.example:PORT//a//b/../c.wav", "http://voice.example:PORT/%",
]  # fmt: skip
REDIRECTS = [
    "/on", "on", "?on=1", "//voice.example:PORT/on", "http://voice.example:PORT/on", "HTTP://voice.example:PORT/on",
    "/a b.wav", "/é.wav", "../on", "http://bücher.example:PORT/on", f"http://{HERE}:PORT/on",
]  # fmt: skip
BODY = b"audio" * 1000
HALVES = b"9c4\r\n%b\r\n9c4\r\n%b\r\n0\r\n\r\n" % (BODY[:2500], BODY[2500:])
OK = b"HTTP/1.1 200 OK\r\n"
ANSWERS = {
    "with a length": answer(BODY),
    "without a length": OK + b"\r\n" + BODY,
    "in chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n" + HALVES,
    "of HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
    "said to be as it is": answer(BODY, "HTTP/1.1 200 OK\r\nContent-Encoding: identity"),
    "said to be in chunks of a store": answer(BODY, "HTTP/1.1 200 OK\r\nContent-Encoding: aws-chunked"),
    "after a 100 Continue": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(BODY),
    "with a cookie": answer(BODY, "HTTP/1.1 200 OK\r\nSet-Cookie: a=b"),
}
each_call = pytest.mark.parametrize("call", CALLS)


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", resolver(NAMES))


@pytest.fixture
def other_port() -> Iterator[int]:
    with serving(saying(answer())) as port:
        yield port


def seen_by(call: str, url: str) -> bytes:
    """The head of the request that a server is sent; PORT stands for its port, also in what is returned."""
    seen: list[bytes] = []

    def noting(connection: socket.socket, head: bytes) -> None:
        seen.append(head)
        connection.sendall(answer())

    with serving(noting) as port:
        CALLS[call](url.replace("PORT", str(port)), guard())
    return seen[0].replace(str(port).encode(), b"PORT")


@each_call
@pytest.mark.parametrize("shape", SHAPES)
def test_a_legitimate_url_is_reached(call: str, shape: str) -> None:
    with serving(saying(answer())) as port:
        assert CALLS[call](shape.replace("PORT", str(port)), guard("::1/128")) == "ok"


@each_call
@pytest.mark.parametrize("host", ["[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]"])
def test_an_opened_address_of_ipv6_is_reached(call: str, host: str) -> None:
    with serving(saying(answer()), address="::1") as port:
        assert CALLS[call](f"http://{host}:{port}/", guard("::1/128")) == "ok"


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_audio_is_followed_through_every_kind_of_redirect(status: str) -> None:
    left = iter([redirecting("/on", status), answer()])
    with serving(lambda connection, _: connection.sendall(next(left))) as port:
        assert CALLS["audio"](f"http://{HERE}:{port}/", guard()) == "ok"


@pytest.mark.parametrize("location", REDIRECTS)
def test_audio_is_followed_to_every_form_of_address(location: str, other_port: int) -> None:
    there = location.replace("PORT", str(other_port))
    left = iter([redirecting(there), answer()])
    with serving(lambda connection, _: connection.sendall(next(left))) as port:
        assert CALLS["audio"](f"http://{HERE}:{port}/", guard()) == "ok"


@each_call
@pytest.mark.parametrize("form", ANSWERS)
def test_a_legitimate_answer_is_taken(call: str, form: str) -> None:
    with serving(saying(ANSWERS[form])) as port:
        assert CALLS[call](f"http://{HERE}:{port}/", guard()) == "ok"


@each_call
@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://voice.example:PORT/", b"voice.example:PORT"),
        ("http://bücher.example:PORT/", b"xn--bcher-kva.example:PORT"),
        (f"http://{HERE}:PORT/", f"{HERE}:PORT".encode()),
    ],
)
def test_the_host_header_is_the_urls_host(call: str, url: str, host: bytes) -> None:
    assert b"\r\nHost: " + host + b"\r\n" in seen_by(call, url)


@each_call
def test_an_answer_is_asked_for_unpacked(call: str) -> None:
    assert b"\r\nAccept-Encoding: identity\r\n" in seen_by(call, f"http://{HERE}:PORT/")
