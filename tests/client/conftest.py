"""A real gateway, without workers: for what needs no job to be done."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from client.cli import app
from deploy.local.lone_gateway import LoneGateway, lone_gateway

Run = Callable[..., Result]
# At the end nothing is under way that would be worth a wait.
HASTY = {"ROLLCALL_DRAIN_SECONDS": "0"}


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneGateway]:
    """The gateway, with a first tenant."""
    folder = tmp_path_factory.mktemp("gateway")
    with (folder / "log").open("wb") as log, lone_gateway(folder / "data", log=log, **HASTY) as running:
        yield running


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a user who has nothing of Rollcall, and works in it."""
    for name in ("URL", "API_KEY", "API_KEY_FILE", "PROFILE", "CONFIG", "BOOTSTRAP_API_KEY", "HTTP_PORT"):
        monkeypatch.delenv(f"ROLLCALL_{name}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    # Otherwise a service in this checkout would be found.
    monkeypatch.setenv("ROLLCALL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def rollcall(gateway: LoneGateway, alone: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command with the gateway's address and key in its environment."""
    monkeypatch.setenv("ROLLCALL_URL", gateway.url)
    monkeypatch.setenv("ROLLCALL_API_KEY", gateway.api_key)

    def run(*words: str, stdin: bytes | str | None = None) -> Result:
        return CliRunner().invoke(app, words, input=stdin)

    return run
