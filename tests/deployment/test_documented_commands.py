"""What the documentation says to type for containers and clusters, as far as that is told without them."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.deployment.compose import ROOT, SERVICES
from tests.deployment.fleet import make_secrets
from tests.deployment.kubernetes import FOLDER, MANIFESTS, WORKLOADS, pod_of
from tests.documentation.blocks import BLOCKS

DOCUMENT = (ROOT / "docs" / "deployment.md").read_text()
LINES = [
    shlex.split(line, comments=True)
    for block in BLOCKS
    if block.language == "sh" and block.marked("no-run") in {"docker", "cluster"}
    for line in block.text.replace("\\\n", " ").splitlines()
]


BIN = str(Path(sys.executable).parent)


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


def test_what_is_forwarded_to_is_in_the_manifests() -> None:
    named = {word for command in commands("kubectl", "port-forward") for word in command if "/" in word}
    known = {f"{one['kind'].lower()}/{one['metadata']['name']}" for one in MANIFESTS}
    assert named <= known


def test_every_cluster_command_is_about_the_service() -> None:
    elsewhere = [
        command
        for command in commands("kubectl")
        if "--namespace" in command and command[command.index("--namespace") + 1] != "rollcall"
    ]
    assert elsewhere == []


@pytest.mark.skipif(
    shutil.which("docker-compose", path=BIN) is None, reason="no compose is built for this machine"
)
@pytest.mark.parametrize(
    "command", [line for line in LINES if line[:2] == ["docker", "compose"]], ids=" ".join
)
def test_compose_knows_what_it_is_told(command: list[str], tmp_path: Path) -> None:
    """Profiles by reading the file with them; the rest by compose's own help."""
    compose = str(shutil.which("docker-compose", path=BIN))
    at = next(place for place, word in enumerate(command) if word in {"up", "build", "run", "down"})
    read = subprocess.run(
        [compose, *command[2:at], "config", "--services"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    help_text = subprocess.run(
        [compose, command[at], "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = [word for word in command[at:] if word.startswith("--")]
    scaled = {word.partition("=")[0] for before, word in pairwise(command) if before == "--scale"}
    assert ([one for one in options if one not in help_text], scaled - set(read.stdout.split())) == (
        [],
        set(),
    )


def test_a_profile_that_is_named_exists() -> None:
    named = {
        words[words.index("--profile") + 1] for words in commands("docker", "compose") if "--profile" in words
    }
    table = set(re.findall(r"^\| `([a-z]+)` \|", DOCUMENT[DOCUMENT.index("| profile |") :], re.MULTILINE)[:3])
    assert (
        named
        <= table
        == {profile for service in SERVICES.values() for profile in service.get("profiles", [])}
    )


def test_a_script_that_is_named_exists() -> None:
    assert all((ROOT / words[1]).is_file() for words in commands("sh"))
