"""docker-compose.yml, held against what it starts."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.processes.commands import COMMANDS
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def test_the_whole_fleet_is_there() -> None:
    assert {"redis", "postgres", "api", "worker", "deliver", "beat", "flower"} <= set(SERVICES)


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_a_process_that_exists(name: str) -> None:
    assert OURS[name]["command"][-1] in {*COMMANDS, "prepare"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_sets_only_settings_that_exist(name: str) -> None:
    known = {f"ROLLCALL_{field.upper()}" for field in Settings.model_fields} | {"FLOWER_BASIC_AUTH"}
    assert set(OURS[name]["environment"]) <= known


@pytest.mark.parametrize("name", OURS)
def test_a_services_image_can_be_built_from_a_file_that_exists(name: str) -> None:
    assert (ROOT / OURS[name]["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))
