"""Checkouts for the tests of set-up: a fresh one, and one that is set up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup.tiny_project import TinyProject, make_tiny_project


@pytest.fixture
def project(tmp_path: Path) -> TinyProject:
    """A fresh checkout, in a folder whose name has a space in it."""
    return make_tiny_project(tmp_path / "tiny project")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    """A checkout that is set up. Shared, as this costs seconds: tests leave it as they found it."""
    project = make_tiny_project(tmp_path_factory.mktemp("finished") / "tiny project")
    outcome = project.set_up()
    assert outcome.returncode == 0, outcome.stderr
    return project
