"""The secrets that an operator makes for compose."""

from pathlib import Path

import pytest

from shared.settings import Settings
from tests.deployment.compose import COMPOSE, SERVICES, secret_targets
from tests.deployment.fleet import make_secrets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of fresh secrets."""
    make_secrets(tmp_path / "secrets")
    return tmp_path / "secrets"


def test_every_secret_of_compose_is_made(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == set(COMPOSE["secrets"])


def test_nobody_else_enters_the_folder(folder: Path) -> None:
    assert folder.stat().st_mode & 0o077 == 0


def test_containers_of_other_users_can_read_their_files(folder: Path) -> None:
    assert all(path.stat().st_mode & 0o004 for path in folder.iterdir())


def test_no_two_secrets_are_alike(folder: Path) -> None:
    values = [path.read_text().rpartition(":")[2] for path in folder.iterdir()]
    assert len(set(values)) == len(values)


def test_making_them_again_changes_none(folder: Path) -> None:
    before = {path.name: path.read_text() for path in folder.iterdir()}
    make_secrets(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_they_are_settings_that_can_be_used(folder: Path, tmp_path: Path) -> None:
    seen = tmp_path / "run-secrets"
    seen.mkdir()
    for target, source in secret_targets(SERVICES["api"]).items():
        (seen / target).write_text((folder / source).read_text())
    settings = Settings(_env_file=None, secrets_dir=seen)  # type: ignore[call-arg]
    assert settings.bootstrap_api_key == (folder / "api_key").read_text()
