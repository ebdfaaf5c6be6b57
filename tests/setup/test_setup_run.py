"""Set-up, run for real on a tiny project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.setup.layout import Layout
from deploy.setup.needs import Need, judge
from tests.setup.tiny_project import BASE_PYTHON, TinyProject

# What a Debian without its python3-venv package looks like.
WITHOUT_ENSUREPIP = """
import runpy, sys
sys.modules["ensurepip"], sys.argv[1:] = None, []
runpy.run_module("deploy.setup", run_name="__main__")
"""


@pytest.fixture
def elsewhere(finished: TinyProject, tmp_path: Path) -> TinyProject:
    """The finished checkout, copied to another folder."""
    shutil.copytree(finished.root, tmp_path / "copy", symlinks=True)
    return TinyProject(tmp_path / "copy")


@pytest.fixture
def missing_manifest(finished: TinyProject) -> Iterator[Path]:
    manifest = finished.root / ".models" / "embedded" / "manifest.json"
    manifest.unlink()
    yield manifest
    manifest.touch()


def test_a_fresh_checkout_becomes_a_working_one(finished: TinyProject) -> None:
    assert finished.works()


def test_a_second_run_does_nothing(finished: TinyProject) -> None:
    before = finished.pack_count()
    finished.set_up()
    assert finished.pack_count() == before


def test_a_second_run_takes_less_than_a_second(finished: TinyProject) -> None:
    started = time.monotonic()
    finished.set_up()
    assert time.monotonic() - started < 1


def test_a_quiet_second_run_says_nothing(finished: TinyProject) -> None:
    assert finished.set_up("--quiet").stderr == ""


def test_missing_models_are_built_again(finished: TinyProject, missing_manifest: Path) -> None:
    finished.set_up()
    assert missing_manifest.is_file()


def test_check_reports_a_finished_set_up_as_complete(finished: TinyProject) -> None:
    assert finished.set_up("--check").returncode == 0


def test_check_reports_a_fresh_checkout_as_incomplete(project: TinyProject) -> None:
    assert project.set_up("--check").returncode == 1


def test_check_changes_nothing(project: TinyProject) -> None:
    project.set_up("--check")
    assert not (project.root / ".venv").exists()


def test_a_set_up_killed_in_mid_install_is_repaired_by_the_next_run(project: TinyProject) -> None:
    project.kill_in_mid_install()
    debris = project.root / ".venv" / "debris"
    debris.touch()
    outcome = project.set_up()
    assert (outcome.returncode, project.works(), debris.exists()) == (0, True, False), outcome.stderr


def test_a_killed_set_up_leaves_no_program_at_work(project: TinyProject) -> None:
    project.kill_in_mid_install()
    time.sleep(0.5)  # ten times what a builder that is still there needs to go on
    assert not (project.root / "built").exists()


def test_an_environment_that_was_copied_is_made_anew(elsewhere: TinyProject) -> None:
    assert judge(Layout(elsewhere.root)).need is Need.EVERYTHING


def test_an_environment_whose_python_is_gone_is_made_anew(elsewhere: TinyProject) -> None:
    python = elsewhere.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert judge(Layout(elsewhere.root)).need is Need.EVERYTHING


def test_without_ensurepip_the_pip_of_the_system_is_used(project: TinyProject) -> None:
    elsewhere = sysconfig.get_config_var(
        "WHEEL_PKG_DIR"
    )  # distributions keep pip's wheel in a place of their own
    bundled = Path(elsewhere or Path(os.__file__).parent / "ensurepip" / "_bundled")
    outcome = subprocess.run(
        [BASE_PYTHON, "-c", WITHOUT_ENSUREPIP],
        cwd=project.root,
        env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": bundled.as_uri()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert project.works(), outcome.stderr


def test_a_second_set_up_at_the_same_time_waits_and_says_so(project: TinyProject) -> None:
    (project.root / "slow").touch()
    first = project.start()
    project.wait_for("building")
    second = project.start()
    assert second.stderr is not None
    said = second.stderr.readline()
    (project.root / "slow").unlink()
    first.communicate(timeout=60)
    second.communicate(timeout=60)
    assert "waiting" in said


def test_a_failure_shows_the_end_of_the_output(project: TinyProject) -> None:
    (project.root / "backend.py").write_text("raise RuntimeError('the backend is broken')")
    assert "the backend is broken" in project.set_up().stderr
