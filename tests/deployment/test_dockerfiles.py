"""The images' recipes, by hadolint."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.compose import OURS, ROOT

HADOLINT = Path(sys.executable).with_name("hadolint")
DOCKERFILES = sorted((ROOT / "deploy" / "images").glob("*.Dockerfile"))


def test_there_are_recipes_to_look_at() -> None:
    assert {path.name for path in DOCKERFILES} == {"gateway.Dockerfile", "worker.Dockerfile"}


@pytest.mark.skipif(not HADOLINT.exists(), reason="there is no hadolint for this platform on PyPI")
@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.stem)
def test_hadolint_finds_nothing(path: Path) -> None:
    done = subprocess.run([HADOLINT, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.stem)
def test_an_image_has_a_healthcheck(path: Path) -> None:
    assert "\nHEALTHCHECK " in path.read_text()


@pytest.mark.parametrize("name", [name for name, service in OURS.items() if "target" in service["build"]])
def test_a_variant_that_compose_builds_exists(name: str) -> None:
    build = OURS[name]["build"]
    assert f" AS {build['target']}\n" in (ROOT / build["dockerfile"]).read_text()


@pytest.mark.parametrize("name", [name for name, service in OURS.items() if "args" in service["build"]])
def test_a_build_argument_that_compose_gives_exists(name: str) -> None:
    build = OURS[name]["build"]
    assert all(f"\nARG {one}=" in (ROOT / build["dockerfile"]).read_text() for one in build["args"])
