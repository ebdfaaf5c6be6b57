"""What compose's Prometheus asks is there, with what the services of compose are given."""

import pytest
import requests
import yaml

from tests.deployment.compose import ROOT, SERVICES, secret_targets
from tests.deployment.fleet import Fleet

OBSERVABILITY = ROOT / "deploy" / "observability"
ASKED = {
    name: config["port"]
    for job in yaml.safe_load((OBSERVABILITY / "prometheus.yml").read_text())["scrape_configs"]
    for config in job["dns_sd_configs"]
    for name in config["names"]
}
MOUNTED = [
    volume.split(":")[0]
    for service in SERVICES.values()
    for volume in service.get("volumes", [])
    if volume.startswith("./")
]


@pytest.mark.parametrize("path", MOUNTED)
def test_what_is_mounted_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_prometheus_asks_the_port_that_a_service_opens() -> None:
    opened = {
        name: int(service["environment"]["ROLLCALL_METRICS_PORT"])
        for name, service in SERVICES.items()
        if "ROLLCALL_METRICS_PORT" in service.get("environment", {}) and name != "worker-gpu"
    }
    assert opened | {"api": 8000} == ASKED


def test_workers_on_gpus_have_the_name_by_which_prometheus_asks_for_workers() -> None:
    assert SERVICES["worker-gpu"]["networks"]["default"]["aliases"] == ["worker"]


def test_prometheus_and_the_gateway_have_the_same_token() -> None:
    assert [secret_targets(SERVICES[name])["metrics_token"] for name in ("prometheus", "api")] == [
        "metrics_token",
        "metrics_token",
    ]


def test_the_gateway_tells_who_has_the_token(fleet: Fleet) -> None:
    headers = {"Authorization": f"Bearer {fleet.secret('metrics_token')}"}
    answer = requests.get(f"http://127.0.0.1:{fleet.addresses['8000']}/metrics", headers=headers, timeout=30)
    assert (answer.status_code, "rollcall_queue_waiting" in answer.text) == (200, True)


@pytest.mark.parametrize("name", ["worker", "deliver"])
def test_a_worker_tells(fleet: Fleet, name: str) -> None:
    answer = requests.get(f"http://127.0.0.1:{fleet.metrics_ports[name]}/metrics", timeout=30)
    assert answer.status_code == 200
