"""What no valid request meets: a gateway that is broken, and HTTP that is."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from deploy.local.lone_gateway import LoneGateway, lone_gateway
from tests.end_to_end.conftest import PREFIX
from tests.end_to_end.provoking import provokes
from tests.end_to_end.v1 import NOISE, encoded, samples_of

pytestmark = pytest.mark.one_machine("it damages the SQLite file of a gateway that runs alone")

DIARIZE = f"{PREFIX}/v2/async/diarize?webhook=https://example.com/hook"
REQUEST_ID = "damaged"
JOB_ID = "11111111-2222-3333-4444-555555555555"
DAMAGE = "no-json-at-all"
IN_BOTH_DIALECTS = [(DIARIZE, 1), (samples_of("somebody"), 2)]


def calls(code: str) -> list[object]:
    """A call of each dialect that is to meet an error."""
    return [pytest.param(path, marks=provokes(code, dialect)) for path, dialect in IN_BOTH_DIALECTS]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneGateway]:
    """A gateway whose ledger holds a job that nobody can read."""
    folder = tmp_path_factory.mktemp("broken")
    with lone_gateway(folder) as gateway:
        submit(gateway, f"{DIARIZE}&request_id={REQUEST_ID}")
        with closing(sqlite3.connect(folder / "rollcall.db")) as database:
            database.execute("UPDATE jobs SET id = ?, parameters = ?", (JOB_ID, DAMAGE))
            database.commit()
        yield gateway


def submit(gateway: LoneGateway, path: str, **headers: str) -> requests.Response:
    headers = {"X-API-Key": gateway.api_key, **headers}
    return requests.post(gateway.url + path, json={"content": encoded(NOISE)}, headers=headers, timeout=30)


def read(gateway: LoneGateway, path: str) -> requests.Response:
    return requests.get(gateway.url + path, headers={"X-API-Key": gateway.api_key}, timeout=30)


READS = [
    pytest.param(
        f"/transaction/generic/api/v1/async/status?request_id={REQUEST_ID}", marks=provokes("internal", 1)
    ),
    pytest.param(f"/v1/jobs/{JOB_ID}", marks=provokes("internal", 2)),
]


@pytest.mark.parametrize("path", READS)
def test_a_fault_of_ours_is_answered_as_such(broken: LoneGateway, path: str) -> None:
    assert read(broken, path).status_code == 500


@pytest.mark.parametrize("path", READS)
def test_a_fault_of_ours_is_told_without_its_details(broken: LoneGateway, path: str) -> None:
    assert DAMAGE not in read(broken, path).text


@pytest.mark.parametrize("path", calls("overloaded"))
def test_a_database_that_cannot_be_used_is_told_as_overload(tmp_path: Path, path: str) -> None:
    with lone_gateway(tmp_path) as gateway:
        # The file of a database that lost its tables.
        for name in ("rollcall.db", "rollcall.db-wal", "rollcall.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        assert submit(gateway, path).status_code == 503


@pytest.mark.parametrize("path", calls("bad_request"))
def test_a_host_that_is_none_is_refused(broken: LoneGateway, path: str) -> None:
    assert submit(broken, path, Host="two..dots").status_code == 400
