"""What docs/deployment.md says to type."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deployment.compose import ROOT, SERVICES
from tests.deployment.fleet import make_secrets
from tests.deployment.kubernetes import FOLDER, MANIFESTS, WORKLOADS, pod_of

DOCUMENT = (ROOT / "docs" / "deployment.md").read_text()
LINES = [
    shlex.split(line, comments=True)
    for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
]


def commands(*words: str) -> list[list[str]]:
    """The documented commands that begin with these words."""
    found = [one for one in LINES if one[: len(words)] == list(words)]
    assert found, words
    return found


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not here to try it")
def test_the_clusters_secret_has_every_key_that_a_pod_wants(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")
    (command,) = commands("kubectl", "create", "secret")
    dry = [*command, "--dry-run=client", "--output=json"]
    made = subprocess.run(dry, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    volumes = [volume for workload in WORKLOADS.values() for volume in pod_of(workload)["volumes"]]
    wanted = {item["key"] for volume in volumes for item in volume.get("secret", {}).get("items", [])}
    assert set(json.loads(made)["data"]) == wanted


def test_the_namespace_is_the_one_of_the_manifests() -> None:
    named = {command[-1] for command in commands("kubectl", "create", "namespace")}
    assert named == {one["metadata"]["name"] for one in MANIFESTS if one["kind"] == "Namespace"}


def test_what_is_applied_can_be_applied() -> None:
    folders = {ROOT / command[-1] for command in commands("kubectl", "apply", "-k")}
    assert folders == {path.parent for path in FOLDER.glob("*/kustomization.yaml")}


def test_a_profile_that_is_named_exists() -> None:
    named = {words[words.index("--profile") + 1] for words in commands("docker", "compose")}
    table = set(re.findall(r"^\| `([a-z]+)` \|", DOCUMENT[DOCUMENT.index("| profile |") :], re.MULTILINE)[:3])
    assert (
        named
        <= table
        == {profile for service in SERVICES.values() for profile in service.get("profiles", [])}
    )


def test_a_script_that_is_named_exists() -> None:
    assert all((ROOT / words[1]).is_file() for words in commands("sh"))
