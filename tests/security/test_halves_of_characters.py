"""JSON can write half of a character, which is no text: that is a mistake of the caller's, not a fault."""

import base64
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.security.in_process import SPEAKERS, client_on, with_key

HALF = b"\\ud800"
ONE = base64.urlsafe_b64encode(b'["%s"]' % HALF).decode()
TWO = base64.urlsafe_b64encode(b'["2026-05-04T10:00:00+00:00", "%s"]' % HALF).decode()


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return client_on(tmp_path)


@pytest.mark.parametrize("address", [f"{SPEAKERS}?cursor={ONE}", f"/v1/jobs?cursor={TWO}"])
def test_in_a_cursor(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers=with_key())
    assert (response.status_code, response.get_json()["code"]) == (400, "invalid_field")


def test_in_the_id_of_a_job(client: FlaskClient) -> None:
    body = b'{"job_id": "%s", "segments": [0]}' % HALF
    response = client.post(
        f"{SPEAKERS}/bob/samples", headers=with_key(), data=body, content_type="application/json"
    )
    assert (response.status_code, response.get_json()["code"]) == (400, "invalid_field")
