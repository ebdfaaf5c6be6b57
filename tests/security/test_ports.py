"""Public addresses are reached on listed ports only, networks that the operator opened on any."""

from ipaddress import ip_network

import pytest

from shared.egress import EgressGuard
from shared.errors import EgressDenied
from shared.settings import Settings
from tests.security.resolver import resolver

LISTED = (80, 443, 8080, 8443)
UNLISTED = (1, 22, 25, 53, 81, 110, 3306, 5432, 6379, 8000, 9000, 9200, 11211, 65535)
PUBLIC = "93.184.216.34"
OPENED = "10.1.0.0/16"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [[PUBLIC, "10.1.0.1"]]
    monkeypatch.setattr("socket.getaddrinfo", resolver({"public.example": [[PUBLIC]], "both.example": both}))


def guard(*opened: str) -> EgressGuard:
    return EgressGuard([ip_network(network) for network in opened], LISTED)


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize("port", UNLISTED)
@pytest.mark.parametrize("host", [PUBLIC, "[2606:4700::1111]", "public.example"])
def test_an_unlisted_port_is_refused_before_it_is_queued(host: str, port: int) -> None:
    with pytest.raises(EgressDenied):
        guard().check_url(f"http://{host}:{port}/", "url")


@pytest.mark.parametrize("port", UNLISTED)
def test_an_unlisted_port_of_a_public_address_is_denied_though_a_network_is_opened(port: int) -> None:
    with pytest.raises(EgressDenied):
        guard(OPENED).resolve("public.example", port, "url")


@pytest.mark.parametrize("port", LISTED)
def test_a_listed_port_of_a_public_address_is_allowed(port: int) -> None:
    assert guard().resolve("public.example", port, "url") == PUBLIC


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_schemes_own_port_needs_no_naming(scheme: str) -> None:
    guard().check_url(f"{scheme}://{PUBLIC}/", "url")


@pytest.mark.parametrize("port", UNLISTED)
def test_any_port_of_an_opened_network_is_allowed(port: int) -> None:
    guard(OPENED).check_url(f"http://10.1.0.1:{port}/", "webhook")


def test_a_name_with_an_opened_and_a_public_address_is_held_to_the_list() -> None:
    with pytest.raises(EgressDenied):
        guard(OPENED).resolve("both.example", 9000, "url")


def test_the_refusal_names_the_setting_that_lists_the_ports() -> None:
    with pytest.raises(EgressDenied, match=r"port 22.*80, 443, 8080, 8443.*ROLLCALL_EGRESS_PORTS"):
        guard().check_url(f"http://{PUBLIC}:22/", "webhook")


def test_the_ports_of_the_web_are_listed_unless_the_operator_says_otherwise() -> None:
    assert settings().egress_ports == LISTED


def test_ports_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_EGRESS_PORTS", "80, 9000")
    assert settings().egress_ports == (80, 9000)


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", "80;443", "80-90"])
def test_what_is_no_port_is_refused_at_the_start(value: str) -> None:
    with pytest.raises(ValueError, match="egress_ports"):
        settings(egress_ports=value)
