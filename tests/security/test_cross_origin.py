"""Which pages' scripts may call the gateway."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from shared.settings import Settings
from tests.security.in_process import SPEAKERS, client_on, with_key

OURS, OTHERS = "https://app.example", "https://evil.example"
ALLOW = "Access-Control-Allow-Origin"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_on(tmp_path_factory.mktemp("closed"))


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_on(tmp_path_factory.mktemp("open"), cors_origins=f"{OURS}, http://127.0.0.1:3000")


def test_no_origin_may_read_answers_by_default(closed: FlaskClient) -> None:
    assert ALLOW not in closed.get(SPEAKERS, headers=with_key(Origin=OURS)).headers


def test_no_preflight_succeeds_by_default(closed: FlaskClient) -> None:
    assert ALLOW not in closed.options(SPEAKERS, headers={"Origin": OURS, **PREFLIGHT}).headers


def test_a_named_origin_may_read_answers(http: FlaskClient) -> None:
    assert http.get(SPEAKERS, headers=with_key(Origin=OURS)).headers[ALLOW] == OURS


@pytest.mark.parametrize(
    "origin", [OTHERS, "null", f"{OURS}.evil.example", f"{OURS}:444", "http://app.example"]
)
def test_an_origin_that_is_not_named_may_not(http: FlaskClient, origin: str) -> None:
    assert ALLOW not in http.get(SPEAKERS, headers=with_key(Origin=origin)).headers


def test_a_named_origins_preflight_needs_no_key(http: FlaskClient) -> None:
    assert http.options(SPEAKERS, headers={"Origin": OURS, **PREFLIGHT}).status_code == 204


def test_a_preflight_tells_the_methods_of_its_address(http: FlaskClient) -> None:
    answer = http.options("/v1/identifications", headers={"Origin": OURS, **PREFLIGHT})
    assert "POST" in answer.headers["Access-Control-Allow-Methods"].split(", ")


def test_a_preflight_lets_keys_through(http: FlaskClient) -> None:
    answer = http.options(SPEAKERS, headers={"Origin": OURS, **PREFLIGHT})
    assert {"Authorization", "X-API-Key"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))


def test_another_origins_preflight_is_not_answered_without_a_key(http: FlaskClient) -> None:
    assert http.options(SPEAKERS, headers={"Origin": OTHERS, **PREFLIGHT}).status_code == 401


def test_cookies_are_never_asked_for(http: FlaskClient) -> None:
    answer = http.get(SPEAKERS, headers=with_key(Origin=OURS))
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_caches_keep_origins_apart(http: FlaskClient) -> None:
    assert "Origin" in http.get(SPEAKERS, headers=with_key()).headers["Vary"]


def test_an_error_can_be_read_by_a_named_origin(http: FlaskClient) -> None:
    assert http.get(SPEAKERS, headers={"Origin": OURS}).headers[ALLOW] == OURS


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "https://*.example",
        "app.example",
        "https://app.example/",
        "https://App.example",
        "https://u@a.example",
    ],
)
def test_a_setting_that_is_no_exact_origin_is_refused(origins: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, cors_origins=origins)  # type: ignore[call-arg, arg-type]
