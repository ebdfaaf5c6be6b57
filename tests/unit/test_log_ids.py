"""Lines about a job or a delivery say whose they are, whichever process and thread writes them."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from shared.domain import JobKind
from shared.logging import log
from shared.queue import ASYNC
from shared.store import ledger
from tests.unit.followed import Followed, follow, services_on, submit, work
from worker import claimed

REQUEST = "request-4711"
OF_THE_JOB = ("job_started", "job_succeeded")

Lines = list[dict[str, Any]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What is written, with what is bound to it."""
    before = structlog.get_config()
    written: Lines = []

    def keep(_: Any, __: str, event: Any) -> str:
        written.append(event)
        return ""

    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    yield written
    structlog.configure(**before)


def ids(line: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(line.get(name) for name in ("job_id", "tenant_id", "http_request_id"))


@pytest.fixture
def followed(lines: Lines, tmp_path: Path) -> Followed:
    return follow(tmp_path, X_Request_Id=REQUEST)


@pytest.mark.parametrize("event", [*OF_THE_JOB, "delivery_attempted"])
def test_a_workers_line_has_the_ids_of_job_tenant_and_request(
    followed: Followed, lines: Lines, event: str
) -> None:
    found = [ids(line) for line in lines if line["event"] == event]
    assert found == [(followed.job.id, followed.job.tenant_id, REQUEST)]


def test_a_line_of_a_delivery_has_its_id(followed: Followed, lines: Lines) -> None:
    found = [line["delivery_id"] for line in lines if line["event"] == "delivery_attempted"]
    assert found == [followed.delivery.id]


def test_what_follows_a_job_is_not_taken_for_its_own(followed: Followed, lines: Lines) -> None:
    log.info("something_else")
    assert ids(lines[-1]) == (None, None, None)


def test_a_heartbeat_that_fails_says_whose_it_is(
    lines: Lines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = services_on(tmp_path)
    job = submit(services, tmp_path, "http://127.0.0.1:9/hook", X_Request_Id=REQUEST)

    def away(*_: object) -> bool:
        raise OperationalError("beat", {}, Exception())

    monkeypatch.setattr(claimed, "CANCEL_NOTICED_SECONDS", 0.01)
    monkeypatch.setattr(ledger, "beat", away)
    claimed.work_on_next(services, ASYNC, {JobKind.DIARIZE: lambda *_: time.sleep(0.2)})
    missed = {ids(line) for line in lines if line["event"] == "heartbeat_missed"}
    assert missed == {(job.id, job.tenant_id, REQUEST)}


def test_a_request_that_names_itself_is_known_by_that_name(lines: Lines, tmp_path: Path) -> None:
    services = services_on(tmp_path)
    job = submit(services, tmp_path, "http://127.0.0.1:9/hook", X_Request_Id=REQUEST)
    assert job.http_request_id == REQUEST


def test_a_job_of_an_older_version_has_no_request(lines: Lines, tmp_path: Path) -> None:
    services = services_on(tmp_path)
    job = submit(services, tmp_path, "http://127.0.0.1:9/hook")
    with services.store.writing() as session:
        session.merge(job).http_request_id = None
    work(services)
    assert ["http_request_id" in line for line in lines if line["event"] == "job_started"] == [False]
