"""What Flower shows of jobs that real workers did, and that it does not forget."""

import json
from typing import Any

import pytest
import requests

from client import Segment
from tests.deployment.conftest import NAMES
from tests.deployment.fleet import Fleet
from tests.end_to_end.v1 import once

IDENTIFY = "rollcall.identify"


def ask(fleet: Fleet, path: str, **query: str) -> Any:
    """An answer of Flower's API."""
    name, _, password = fleet.secret("flower_login").partition(":")
    url = f"http://127.0.0.1:{fleet.addresses['5555']}/api/{path}"
    return requests.get(url, params=query, auth=(name, password), timeout=30).json()


def succeeded(fleet: Fleet) -> dict[str, Any]:
    """The identifications that Flower knows to have succeeded, by their tasks' ids."""
    return dict(ask(fleet, "tasks", taskname=IDENTIFY, state="SUCCESS"))


@pytest.fixture(scope="module")
def task(fleet: Fleet, identified: list[Segment]) -> dict[str, Any]:
    """The task of the identification."""
    (found,) = once(lambda: list(succeeded(fleet).values()), bool)
    return dict(found)


@pytest.fixture(scope="module")
def job(fleet: Fleet, identified: list[Segment]) -> dict[str, Any]:
    """The same, as the service tells it."""
    url = f"http://127.0.0.1:{fleet.addresses['8000']}/v1/jobs"
    headers = {"X-API-Key": fleet.secret("api_key")}
    return dict(requests.get(url, headers=headers, timeout=30).json()["items"][0])


def test_a_task_shows_its_job(task: dict[str, Any], job: dict[str, Any]) -> None:
    assert task["args"] == repr((job["id"],))


def test_a_task_shows_whose_it_is(task: dict[str, Any]) -> None:
    assert task["kwargs"].startswith("{'tenant_id': '")


def test_a_task_shows_how_it_ended_and_how_long_its_audio_is(task: dict[str, Any]) -> None:
    shown = json.loads(task["result"].replace("'", '"'))
    assert (shown["state"], shown["audio_seconds"]) == ("succeeded", pytest.approx(30, abs=0.1))


def test_a_worker_shows_its_queues(fleet: Fleet, task: dict[str, Any]) -> None:
    workers = ask(fleet, "workers", refresh="true")
    queues = {
        name.partition("@")[0]: [one["name"] for one in told["active_queues"]]
        for name, told in workers.items()
    }
    assert {name: sorted(served) for name, served in queues.items()} == {
        "models": ["async", "enroll", "sync"],
        "deliver": ["deliver", "maintenance"],
    }


@pytest.mark.parametrize("path", ["tasks", "workers"])
def test_nothing_secret_is_shown(fleet: Fleet, task: dict[str, Any], path: str) -> None:
    secrets = [file.read_text() for file in (fleet.folder / "secrets").iterdir()]
    shown = json.dumps(ask(fleet, path, refresh="true"))
    assert [one for one in [*secrets, *NAMES, "postgresql"] if one in shown] == []


def test_a_restart_forgets_nothing(fleet: Fleet, task: dict[str, Any]) -> None:
    fleet.running["flower"].stop(10)
    fleet.start("flower")
    fleet.wait_until_healthy("flower")
    assert task["uuid"] in succeeded(fleet)
