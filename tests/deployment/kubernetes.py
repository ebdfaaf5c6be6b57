"""The manifests for Kubernetes, read."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.deployment.compose import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
BASE = FOLDER / "base"
Manifest = dict[str, Any]


def manifests_of(folder: Path) -> list[Manifest]:
    """Every manifest that a folder's kustomization names."""
    named = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    return [one for name in named for one in yaml.safe_load_all((folder / name).read_text())]


MANIFESTS = manifests_of(BASE)
WORKLOADS = {one["metadata"]["name"]: one for one in MANIFESTS if one["kind"] in {"Deployment", "Job"}}
DEPLOYMENTS = {name: one for name, one in WORKLOADS.items() if one["kind"] == "Deployment"}
SCALED = {one["metadata"]["name"]: one for one in MANIFESTS if one["kind"] == "ScaledObject"}
SETTINGS = dict(re.findall(r"^([A-Z_]+)=(.*)$", (BASE / "settings.env").read_text(), re.MULTILINE))


def pod_of(workload: Manifest) -> Manifest:
    """What its pods are to be."""
    return dict(workload["spec"]["template"]["spec"])


def container_of(workload: Manifest) -> Manifest:
    """The one container of its pods."""
    (container,) = pod_of(workload)["containers"]
    return dict(container)


def variables_of(workload: Manifest) -> dict[str, str]:
    """The environment of a workload's container, but what comes from Secrets."""
    return SETTINGS | {one["name"]: one["value"] for one in container_of(workload).get("env", [])}


def secret_files_of(workload: Manifest) -> set[str]:
    """The files that it finds in the folder of secrets."""
    (volume,) = (one for one in pod_of(workload)["volumes"] if one["name"] == "secrets")
    return {item["path"] for item in volume["secret"]["items"]}
