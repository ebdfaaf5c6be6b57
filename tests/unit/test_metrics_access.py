"""Who may read /metrics: whoever has its token, and nobody else."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.security.in_process import SPEAKERS, client_on, with_key

TOKEN = "0123456789abcdefghij"


@pytest.fixture
def http(tmp_path: Path) -> FlaskClient:
    """A gateway whose token is TOKEN. Its callers seem to be on this machine, as a proxy's do."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    return client_on(tmp_path, metrics_token_file=tmp_path / "token")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        with_key(),
        {"Authorization": f"Bearer {with_key()['X-API-Key']}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer "},
        {"X-API-Key": TOKEN},
    ],
    ids=["nothing", "key", "key_as_token", "wrong", "wrong_scheme", "empty", "token_as_key"],
)
def test_without_the_token_there_is_nothing_to_read(http: FlaskClient, headers: dict[str, str]) -> None:
    answer = http.get("/metrics", headers=headers)
    assert (answer.status_code, b"rollcall_" in answer.data) == (401, False)


def test_the_token_in_the_query_is_not_taken(http: FlaskClient) -> None:
    assert http.get(f"/metrics?apikey={TOKEN}").status_code == 401


def test_with_the_token_everything_is_told(http: FlaskClient) -> None:
    http.get(SPEAKERS, headers=with_key())
    answer = http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert 'rollcall_http_requests_total{method="GET",route="/v1/speakers",status="200"} 1.0' in answer.text


def test_the_token_opens_nothing_else(http: FlaskClient) -> None:
    assert http.get(SPEAKERS, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 401


def test_a_token_is_made_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    http, made = client_on(tmp_path), tmp_path / "metrics_token"
    answer = http.get("/metrics", headers={"Authorization": f"Bearer {made.read_text()}"})
    assert (answer.status_code, made.stat().st_mode & 0o077) == (200, 0)


def test_a_short_token_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("short")
    with pytest.raises(ValueError, match="ROLLCALL_METRICS_TOKEN_FILE"):
        client_on(tmp_path, metrics_token_file=tmp_path / "token")


def told(http: FlaskClient) -> str:
    return http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text


def test_what_callers_make_up_is_no_label(http: FlaskClient) -> None:
    http.open("/v1/made_up_address", method="MADEUP", headers={"X-API-Key": "made_up_key"})
    http.get("/v1/speakers/made_up_name?made=up", headers=with_key())
    assert "made" not in told(http).lower()


def test_a_rejection_is_counted_by_its_cause(http: FlaskClient) -> None:
    http.get("/v1/speakers/nobody", headers=with_key())
    assert 'rollcall_rejections_total{code="speaker_not_found"} 1.0' in told(http)


def test_without_redis_the_ledgers_numbers_are_told(http: FlaskClient) -> None:
    lines = told(http).splitlines()
    assert 'rollcall_queue_waiting{queue="async"} 0.0' in lines
    assert 'rollcall_store_up{store="redis"} 0.0' in lines
