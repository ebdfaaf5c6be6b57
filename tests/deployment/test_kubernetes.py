"""The manifests for Kubernetes, held against its schemas, against compose, and against what they start."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy.processes.commands import COMMANDS
from shared.settings import Settings
from tests.deployment.compose import OURS
from tests.deployment.kubernetes import (
    BASE,
    DEPLOYMENTS,
    FOLDER,
    MANIFESTS,
    SCALED,
    WORKLOADS,
    container_of,
    pod_of,
    secret_files_of,
    variables_of,
)

VERSION = "1.33"
OWN_KINDS = [one for one in MANIFESTS if not one["apiVersion"].startswith("keda.sh/")]
KNOWN = {f"ROLLCALL_{field.upper()}" for field in Settings.model_fields} | {"FLOWER_BASIC_AUTH"}


def name_of(manifest: dict[str, Any]) -> str:
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


def command_of(name: str) -> list[str]:
    return list(container_of(WORKLOADS[name])["command"])


@pytest.mark.parametrize("manifest", OWN_KINDS, ids=name_of)
def test_a_manifest_is_what_kubernetes_takes(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, VERSION, strict=True)


@pytest.mark.parametrize("name", SCALED)
def test_how_workers_are_scaled_is_what_kubernetes_takes(name: str) -> None:
    spec = SCALED[name]["spec"]
    autoscaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", **spec["scaleTargetRef"]},
            "minReplicas": spec["minReplicaCount"],
            "maxReplicas": spec["maxReplicaCount"],
            "behavior": spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"],
        },
    }
    kubernetes_validate.validate(autoscaler, VERSION, strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not here to render them")
@pytest.mark.parametrize("folder", ["base", "gpu"])
def test_kustomize_renders_what_kubernetes_takes(folder: str) -> None:
    command = ["kubectl", "kustomize", FOLDER / folder]
    rendered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for manifest in yaml.safe_load_all(rendered):
        if not manifest["apiVersion"].startswith("keda.sh/"):
            kubernetes_validate.validate(manifest, VERSION, strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not here to render them")
def test_the_gpu_variant_gives_each_worker_a_gpu_and_the_image_for_it() -> None:
    rendered = subprocess.run(
        ["kubectl", "kustomize", FOLDER / "gpu"], capture_output=True, text=True, check=True
    ).stdout
    workers = [one for one in yaml.safe_load_all(rendered) if one["metadata"]["name"].startswith("worker-")]
    given = {
        (container_of(one)["image"], container_of(one)["resources"]["limits"]["nvidia.com/gpu"])
        for one in workers
        if one["kind"] == "Deployment"
    }
    assert given == {("rollcall-worker-cuda:latest", 1)}


def test_every_manifest_of_the_folder_is_used() -> None:
    named = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    assert {path.name for path in BASE.glob("*.yaml")} == {*named, "kustomization.yaml"}


def test_every_process_of_compose_is_started() -> None:
    assert {tuple(service["command"]) for service in OURS.values()} == {
        tuple(command_of(name)) for name in WORKLOADS
    }


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_process_has_the_image_that_compose_gives_it(name: str) -> None:
    compose = {
        tuple(service["command"]): service["image"]
        for service in OURS.values()
        if "cuda" not in service["image"]
    }
    assert container_of(WORKLOADS[name])["image"] == compose[tuple(command_of(name))]


@pytest.mark.parametrize("name", WORKLOADS)
def test_only_settings_that_exist_are_set(name: str) -> None:
    named = {
        value.rpartition("/")[2]
        for key, value in variables_of(WORKLOADS[name]).items()
        if key.endswith("_FILE")
    }
    assert {*variables_of(WORKLOADS[name]), *secret_files_of(WORKLOADS[name])} - named <= KNOWN


@pytest.mark.parametrize("name", WORKLOADS)
def test_the_settings_can_be_used(name: str, tmp_path: Path) -> None:
    fields = {
        key.removeprefix("ROLLCALL_").lower(): value
        for key, value in variables_of(WORKLOADS[name]).items()
        if key.startswith("ROLLCALL_")
    }
    settings = Settings(_env_file=None, **(fields | {"secrets_dir": tmp_path}))  # type: ignore[call-arg, arg-type]
    assert all(COMMANDS[process](settings) for process in COMMANDS)


@pytest.mark.parametrize("name", WORKLOADS)
def test_secrets_are_files_and_no_variables(name: str) -> None:
    assert not any("PASSWORD" in key or "API_KEY" in key for key in variables_of(WORKLOADS[name]))


def test_flower_is_given_neither_the_ledgers_password_nor_a_key() -> None:
    assert secret_files_of(WORKLOADS["flower"]) == {"ROLLCALL_REDIS_PASSWORD", "FLOWER_BASIC_AUTH"}


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_is_not_root_and_can_write_only_where_it_must(name: str) -> None:
    pod, container = pod_of(WORKLOADS[name]), container_of(WORKLOADS[name])
    assert (pod["securityContext"]["runAsNonRoot"], container["securityContext"]) == (
        True,
        {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    )


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_has_no_word_with_the_cluster(name: str) -> None:
    assert pod_of(WORKLOADS[name])["automountServiceAccountToken"] is False


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_is_killed_only_after_it_had_time_to_hand_back_what_it_has(name: str) -> None:
    drain = float(variables_of(WORKLOADS[name]).get("ROLLCALL_DRAIN_SECONDS", "4"))
    waits = container_of(WORKLOADS[name]).get("lifecycle", {"preStop": {"sleep": {"seconds": 0}}})
    leaving = waits["preStop"]["sleep"]["seconds"]
    assert pod_of(WORKLOADS[name])["terminationGracePeriodSeconds"] >= leaving + drain + 10


def test_a_gateway_that_is_stopped_lets_synchronous_requests_end() -> None:
    longest_wait = Settings.model_fields["sync_wait_seconds"].default
    assert float(variables_of(WORKLOADS["gateway"])["ROLLCALL_DRAIN_SECONDS"]) >= longest_wait


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_process_is_asked_for_its_health_by_its_own_check(name: str) -> None:
    container = container_of(WORKLOADS[name])
    probes = [
        container[kind] for kind in ("startupProbe", "readinessProbe", "livenessProbe") if kind in container
    ]
    asked = {probe["exec"]["command"][-1] for probe in probes if "exec" in probe}
    assert probes
    assert asked <= {command_of(name)[-1]}


def test_the_workers_together_serve_every_queue() -> None:
    workers = [one for name, one in DEPLOYMENTS.items() if command_of(name)[-1] == "worker"]
    served = [queue for one in workers for queue in variables_of(one)["ROLLCALL_WORKER_QUEUES"].split(",")]
    assert sorted(served) == ["async", "enroll", "sync"]


def test_a_node_that_is_emptied_takes_one_pod_at_a_time() -> None:
    guarded = {
        one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"]
        for one in MANIFESTS
        if one["kind"] == "PodDisruptionBudget"
    }
    assert guarded == {"gateway", "worker-sync", "worker-async", "deliver"}
