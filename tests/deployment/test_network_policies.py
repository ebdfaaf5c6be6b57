"""Who may speak to whom in the cluster."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.deployment.kubernetes import MANIFESTS, SETTINGS, WORKLOADS

POLICIES = {one["metadata"]["name"]: one["spec"] for one in MANIFESTS if one["kind"] == "NetworkPolicy"}
PRIVATE = [
    "10.1.2.3",
    "127.0.0.1",
    "169.254.169.254",
    "172.20.0.1",
    "192.168.1.1",
    "100.100.100.200",
    "fd00::1",
]


def selects(selector: dict[str, Any], name: str) -> bool:
    """Whether a selector of pods means those of a workload."""
    wanted = selector.get("matchLabels", {}).get("app.kubernetes.io/name", name)
    rules = selector.get("matchExpressions", [])
    return wanted == name and all((name in rule["values"]) == (rule["operator"] == "In") for rule in rules)


def outgoing(name: str) -> list[dict[str, Any]]:
    """What the pods of a workload may reach."""
    mine = [one for one in POLICIES.values() if selects(one["podSelector"], name)]
    return [rule for one in mine for rule in one.get("egress", [])]


def ports_to_databases(name: str) -> set[int]:
    def is_there(rule: dict[str, Any]) -> bool:
        labels = [to.get("namespaceSelector", {}).get("matchLabels", {}) for to in rule["to"]]
        return {"kubernetes.io/metadata.name": "databases"} in labels

    return {port["port"] for rule in outgoing(name) if is_there(rule) for port in rule["ports"]}


def reaches(name: str, address: str) -> bool:
    blocks = [to["ipBlock"] for rule in outgoing(name) for to in rule["to"] if "ipBlock" in to]
    return any(
        ip_address(address) in ip_network(block["cidr"])
        and not any(ip_address(address) in ip_network(one) for one in block["except"])
        for block in blocks
    )


def test_what_is_not_allowed_is_forbidden() -> None:
    assert POLICIES["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("name", WORKLOADS)
def test_the_ledger_is_reached_by_all_but_flower(name: str) -> None:
    assert ports_to_databases(name) == ({6379} if name == "flower" else {5432, 6379})


@pytest.mark.parametrize("name", ["worker-sync", "worker-async", "deliver", "gateway"])
def test_the_internet_is_reached_by_who_fetches_delivers_or_stores(name: str) -> None:
    assert (reaches(name, "93.184.215.14"), reaches(name, "2606:2800:21f::1")) == (True, True)


@pytest.mark.parametrize("name", ["beat", "flower", "prepare"])
def test_nobody_else_reaches_it(name: str) -> None:
    assert not reaches(name, "93.184.215.14")


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("name", WORKLOADS)
def test_no_private_address_is_reached(name: str, address: str) -> None:
    assert not reaches(name, address)


def test_metrics_are_read_from_prometheus_namespace_only() -> None:
    (rule,) = POLICIES["metrics"]["ingress"]
    assert (rule["from"], [port["port"] for port in rule["ports"]]) == (
        [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
        [int(SETTINGS["ROLLCALL_METRICS_PORT"])],
    )


def test_only_the_gateway_is_called_from_anywhere() -> None:
    called = {
        name
        for name in WORKLOADS
        for one in POLICIES.values()
        if selects(one["podSelector"], name) and any("from" not in rule for rule in one.get("ingress", []))
    }
    assert called == {"gateway"}
