"""The services of docker-compose.yml as processes of this machine."""

import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.checks import free_port
from tests.deployment.compose import ROOT, SERVICES, secret_targets
from tests.deployment.container import Container

# The models load in seconds, but not on a machine that is busy with other tests.
START_SECONDS = 200
POLL_SECONDS = 0.5


@dataclass
class Fleet:
    """What runs of docker-compose.yml; ``addresses`` are what its host names and ports are here."""

    folder: Path
    addresses: dict[str, str]
    running: dict[str, Container] = field(default_factory=dict)
    metrics_ports: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        make_secrets(self.folder / "secrets")
        with_port = [
            name for name, one in SERVICES.items() if "ROLLCALL_METRICS_PORT" in one.get("environment", {})
        ]
        self.metrics_ports = {name: str(free_port()) for name in with_port}

    def start(self, name: str) -> Container:
        """Start a service, without waiting."""
        service = SERVICES[name]
        volume = service["volumes"][0].partition(":")[0]
        container = Container(service["command"], self.folder / volume, self._environment(name, service))
        self.running[name] = container
        return container

    def wait_until_healthy(self, *names: str) -> None:
        """Return once the healthcheck of each of them passes. Raises AssertionError with its log."""
        deadline = time.monotonic() + START_SECONDS
        for name in names:
            while (unwell := self.healthcheck(name)) and time.monotonic() < deadline:
                assert self.running[name].returncode is None, self.running[name].last_words()
                time.sleep(POLL_SECONDS)
            assert not unwell, unwell + self.running[name].last_words()

    def healthcheck(self, name: str) -> str:
        """Run a service's own healthcheck beside it; what it complains of."""
        service = SERVICES[name]
        command = service["healthcheck"]["test"][1:]
        volume = service["volumes"][0].partition(":")[0]
        check = Container(command, self.folder / volume, self._environment(name, service))
        return check.last_words() or "it said nothing" if check.wait(60) else ""

    def secret(self, name: str) -> str:
        """What is in one of the secrets' files."""
        return (self.folder / "secrets" / name).read_text()

    def kill(self) -> None:
        """End what runs."""
        for container in self.running.values():
            container.kill()

    def _environment(self, name: str, service: dict[str, Any]) -> dict[str, str]:
        volume, data = service["volumes"][0].split(":")
        places = {
            data: str(self.folder / volume),
            "/run/secrets": str(self._secrets_of(name, service)),
            **self.addresses,
        }
        return {key: _placed(str(value), places) for key, value in service["environment"].items()} | {
            "ROLLCALL_ENROLL_COMPLETE_SECONDS": "6",
            # Of the images, and of this machine, which has one network for all.
            "ROLLCALL_MODEL_DIR": str(ROOT / ".models"),
            "ROLLCALL_HTTP_HOST": "127.0.0.1",
            "ROLLCALL_HTTP_PORT": self.addresses["8000"],
            "FLOWER_PORT": self.addresses["5555"],
            "ROLLCALL_METRICS_HOST": "127.0.0.1",
            "ROLLCALL_METRICS_PORT": self.metrics_ports.get(name, "0"),
        }

    def _secrets_of(self, name: str, service: dict[str, Any]) -> Path:
        """The folder that the service sees as /run/secrets."""
        folder = self.folder / f"secrets-of-{name}"
        folder.mkdir(exist_ok=True)
        for target, source in secret_targets(service).items():
            shutil.copy(self.folder / "secrets" / source, folder / target)
        return folder


def make_secrets(folder: Path) -> None:
    """As the operator does."""
    subprocess.run(["sh", ROOT / "deploy/images/make-secrets.sh", folder], check=True, capture_output=True)


def _placed(value: str, places: dict[str, str]) -> str:
    for before, after in places.items():
        value = value.replace(before, after)
    if value.startswith("${"):
        _, _, value = value[2:-1].partition(":-")
    return value
