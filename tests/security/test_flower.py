"""Flower shows the queue to who has the login, and lets nobody change anything."""

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
import requests
from flower.urls import handlers

from deploy.local.embedded_redis import embedded_redis
from shared.settings.environment import environment_with
from tests.security.flower import LOGIN, command, running_flower

# Pages, data, metrics, health, style, the login page, and what there is not.
READ = ["/", "/workers", "/tasks", "/broker", "/api/workers", "/api/tasks", "/api/queues/length", "/metrics"]
READ += ["/healthcheck", "/static/css/flower.css", "/login", "/nothing"]


def _control_addresses() -> Iterator[str]:
    """Every address of the Flower that is installed at which it would do something."""
    for pattern, handler, *_ in (
        one if isinstance(one, tuple) else (one.regex.pattern, one.handler_class) for one in handlers
    ):
        if "post" in vars(handler) and pattern.startswith("/api/"):
            yield pattern.removesuffix("$").replace("(.+)", "x")


CONTROL = list(_control_addresses())


@pytest.fixture(scope="module")
def flower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real Flower, on a Redis of the test's own."""
    with embedded_redis(tmp_path_factory.mktemp("flower") / "redis") as url, running_flower(url) as address:
        yield address


def test_there_is_something_to_refuse() -> None:
    assert {"/api/worker/shutdown/x", "/api/task/send-task/x", "/api/task/revoke/x"} <= set(CONTROL)


@pytest.mark.parametrize("path", READ)
def test_nothing_is_shown_without_a_login(flower: str, path: str) -> None:
    assert requests.get(flower + path, timeout=30, allow_redirects=False).status_code == 401


@pytest.mark.parametrize("path", CONTROL)
def test_nothing_is_done_without_a_login(flower: str, path: str) -> None:
    assert requests.post(flower + path, timeout=30).status_code == 401


@pytest.mark.parametrize("login", [("watcher", "wrong"), ("", ""), ("watcher", ""), ("other", LOGIN[1])])
def test_nothing_is_shown_with_another_login(flower: str, login: tuple[str, str]) -> None:
    assert requests.get(flower, auth=login, timeout=30).status_code == 401


@pytest.mark.parametrize("value", ["Basic", "Basic !", "Basic é", "Bearer x", "x"])
def test_a_login_that_is_none_is_refused(flower: str, value: str) -> None:
    headers = {"Authorization": value.encode("latin-1")}
    assert requests.get(flower, headers=headers, timeout=30).status_code == 401  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/", "/tasks", "/broker", "/metrics"])
def test_who_logs_in_sees_the_queue(flower: str, path: str) -> None:
    assert requests.get(flower + path, auth=LOGIN, timeout=30).status_code == 200


@pytest.mark.parametrize("path", CONTROL)
def test_who_logs_in_cannot_do_anything(flower: str, path: str) -> None:
    assert requests.post(flower + path, auth=LOGIN, timeout=30).status_code == 405


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_no_other_method_passes(flower: str, method: str) -> None:
    assert requests.request(method, f"{flower}/tasks", auth=LOGIN, timeout=30).status_code == 405


@pytest.mark.parametrize("login", ["", "name", "name:", ":password"])
def test_it_does_not_start_without_a_login(login: str) -> None:
    environment = environment_with(ROLLCALL_REDIS_URL="redis://127.0.0.1:1/0", FLOWER_BASIC_AUTH=login)
    done = subprocess.run(command(), env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "must be name:password" in done.stderr) == (
        1,
        True,
    )


def test_it_knows_no_ledger_and_no_key() -> None:
    program = (
        "import sys, deploy.processes.watching; sys.exit(bool({'worker', 'sqlalchemy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_it_listens_on_this_machine_only(flower: str) -> None:
    port = int(flower.rpartition(":")[2])
    # Of the whole machine: a list of processes would name ones that end before they are asked.
    listening = {
        one.laddr.ip
        for one in psutil.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port
    }
    assert listening == {"127.0.0.1"}
