"""What set-up tells people, and what it takes as given."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from deploy.setup.errors import StepFailed
from deploy.setup.progress import Phase, Progress, load_progress

REPOSITORY = Path(__file__).resolve().parents[2]
PRETEND_OLD = """
import runpy, sys
sys.version_info = (3, 9, 1, "final", 0)
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def run_with_an_old_python() -> subprocess.CompletedProcess[str]:
    main = REPOSITORY / "deploy" / "setup" / "__main__.py"
    return subprocess.run(
        [sys.executable, "-c", PRETEND_OLD, str(main)], capture_output=True, text=True, check=False
    )


def test_a_python_that_is_too_old_is_refused() -> None:
    assert run_with_an_old_python().returncode == 1


def test_a_python_that_is_too_old_is_told_what_is_needed() -> None:
    assert "needs Python 3.11 or newer" in run_with_an_old_python().stderr


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("NewConnectionError: Failed to establish", "did not answer"),
        ("ERROR: No matching distribution found for torch", "no release that fits"),
        ("NewConnectionError\nERROR: No matching distribution found for torch", "did not answer"),
    ],
)
def test_a_failure_comes_with_advice(output: str, advice: str, tmp_path: Path) -> None:
    assert advice in str(StepFailed("packages", output, tmp_path / "setup.log"))


def test_a_full_disk_is_not_worth_a_second_try(tmp_path: Path) -> None:
    output = "Connection broken\nNo space left on device"
    assert not StepFailed("packages", output, tmp_path / "setup.log").is_network


def test_progress_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    progress = Progress(Phase.INSTALLED, "abc", "3.11", "/some/folder")
    progress.save(tmp_path / "setup.json")
    assert load_progress(tmp_path / "setup.json") == progress


def test_progress_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "setup.json").write_text('{"phase": "sleeping"}')
    assert load_progress(tmp_path / "setup.json") is None


def test_every_direct_requirement_has_an_exact_version() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(w for extra in project["optional-dependencies"].values() for w in extra),
    ]
    pins = re.findall(r"^([\w.-]+)==", (REPOSITORY / "constraints.txt").read_text(), re.MULTILINE)
    # The project names itself where an extra takes in another one.
    pinned = {_plain(name) for name in (*pins, project["name"])}
    assert {_plain(re.split(r"[^\w.-]", wish)[0]) for wish in wanted} - pinned == set()


def _plain(name: str) -> str:
    """A distribution's name in the one spelling that they are compared in."""
    return re.sub(r"[-_.]+", "-", name).lower()
