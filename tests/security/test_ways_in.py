"""Nothing that a caller names makes the service connect to an address inside, seen at the socket."""

import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_network
from urllib.parse import quote

import pytest

from shared.egress import EgressGuard
from shared.errors import EgressDenied, InvalidField
from tests.security.calling import CALLS, guard
from tests.security.resolver import resolver
from tests.security.servers import HERE, OPENED, answer, redirecting, saying, serving
from tests.security.vectors import LITERALS, NAMES, REBINDING, TRICKS, VECTORS
from tests.security.witness import Witness, witnessed

each_call = pytest.mark.parametrize("call", CALLS)
each_vector = pytest.mark.parametrize("url", VECTORS, ids=quote)


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", resolver({**NAMES, **REBINDING}))


@pytest.fixture
def witness() -> Iterator[Witness]:
    with witnessed(OPENED) as watching:
        yield watching


def test_there_are_as_many_ways_in_as_are_claimed() -> None:
    assert len(VECTORS) + len(REBINDING) >= 250


@each_call
def test_a_connection_that_is_let_through_is_seen(call: str, witness: Witness) -> None:
    CALLS[call]("http://127.0.0.1:1/", guard("127.0.0.0/8"))
    assert witness.strays == [("127.0.0.1", 1)]


def test_most_ways_would_lead_inside_if_nothing_were_denied() -> None:
    open_to_all = EgressGuard([ip_network("0.0.0.0/0"), ip_network("::/0")])
    with witnessed(OPENED) as watching:
        for url in VECTORS:
            CALLS["webhook"](url, open_to_all)
    assert len(watching.strays) >= 250


@each_call
@each_vector
def test_a_url_that_leads_inside_is_not_connected_to(call: str, url: str, witness: Witness) -> None:
    CALLS[call](url, guard())
    assert witness.connections == []


@each_call
@each_vector
def test_a_redirect_that_leads_inside_is_not_followed(call: str, url: str, witness: Witness) -> None:
    with serving(saying(redirecting(url))) as port:
        CALLS[call](f"http://{HERE}:{port}/", guard())
    assert witness.strays == []


@pytest.mark.parametrize("url", dict.fromkeys([*LITERALS, *TRICKS]), ids=quote)
def test_what_needs_no_dns_is_refused_before_it_is_queued(url: str) -> None:
    with pytest.raises((EgressDenied, InvalidField)):
        EgressGuard().check_url(url, "url")


def test_a_url_of_megabytes_is_refused_at_once() -> None:
    started = time.monotonic()
    with suppress(InvalidField):
        EgressGuard().check_url("http://example.com/" + "é" * 3_000_000, "url")
    assert time.monotonic() - started < 1


@each_call
@pytest.mark.parametrize("name", REBINDING)
def test_a_name_that_changes_is_not_connected_to_where_it_was_not_checked(
    call: str, name: str, witness: Witness
) -> None:
    with serving(saying(answer())) as port:
        CALLS[call](f"http://{name}:{port}/", guard())
    assert witness.strays == []


@pytest.mark.parametrize("name", REBINDING)
def test_a_name_that_changes_after_a_redirect_is_checked_again(name: str, witness: Witness) -> None:
    with serving(saying(redirecting("/again"))) as port:
        outcome = CALLS["audio"](f"http://{name}:{port}/", guard())
    assert (outcome, len(witness.connections)) == ("egress_denied", 1)


def test_a_webhook_that_redirects_is_connected_to_once(witness: Witness) -> None:
    with serving(saying(redirecting("/again"))) as port:
        CALLS["webhook"](f"http://{HERE}:{port}/", guard())
    assert witness.connections == [(HERE, port)]


@pytest.mark.parametrize(("redirects", "outcome"), [(3, "ok"), (4, "audio_unreachable")])
def test_audio_is_followed_over_three_redirects(redirects: int, outcome: str) -> None:
    left = iter([redirecting("/on")] * redirects + [answer()])
    with serving(lambda connection, _: connection.sendall(next(left))) as port:
        assert CALLS["audio"](f"http://{HERE}:{port}/", guard()) == outcome
