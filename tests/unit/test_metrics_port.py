"""A worker's port: opened when it is ready, and closed in the children that it starts later."""

import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from celery import signals

from deploy.local.checks import free_port
from shared.metrics.definitions import REJECTIONS
from shared.services import Services, make_services
from shared.settings import Settings
from worker.metrics_port import register_metrics_port


@pytest.fixture(autouse=True)
def nobody_else_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    for signal in (signals.worker_ready, signals.worker_process_init):
        monkeypatch.setattr(signal, "receivers", [])
        monkeypatch.setattr(signal, "sender_receivers_cache", {}, raising=False)


def services_with(folder: Path, port: int) -> Services:
    return make_services(
        Settings(_env_file=None, data_dir=folder, redis_url="redis://127.0.0.1:1/0", metrics_port=port)  # type: ignore[call-arg]
    )


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a worker that is ready, and has counted something."""
    services = services_with(tmp_path, free_port())
    services.metrics.count(REJECTIONS, code="not_found")
    register_metrics_port(services)
    signals.worker_ready.send(sender=None)
    yield services.settings.metrics_port
    signals.worker_process_init.send(sender=None)


def listened_on() -> set[int]:
    connections = psutil.Process().net_connections("inet")
    return {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN}


def test_a_worker_tells_what_it_has_counted(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert b'rollcall_rejections_total{code="not_found"} 1.0' in answer.read()


def test_a_child_that_is_started_later_does_not_listen(port: int) -> None:
    assert port in listened_on()
    if not (child := os.fork()):
        signals.worker_process_init.send(sender=None)
        os._exit(port in listened_on())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_no_port_is_opened_unless_one_is_named(tmp_path: Path) -> None:
    register_metrics_port(services_with(tmp_path, 0))
    assert signals.worker_ready.send(sender=None) == []


def test_a_port_that_is_taken_leaves_the_worker_to_its_work(port: int, tmp_path: Path) -> None:
    register_metrics_port(services_with(tmp_path, port))
    ((_, opened),) = signals.worker_ready.send(sender=None)[1:]
    assert opened is None
