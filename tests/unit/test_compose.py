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


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_write_only_where_it_must(name: str) -> None:
    assert SERVICES[name]["read_only"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_room_for_what_it_forgets(name: str) -> None:
    assert any(place.startswith("/tmp") for place in SERVICES[name]["tmpfs"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_capabilities(name: str) -> None:
    assert (SERVICES[name]["cap_drop"], SERVICES[name].get("cap_add")) == (["ALL"], None)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_gains_no_privileges(name: str) -> None:
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_not_root(name: str) -> None:
    service = SERVICES[name]
    if "build" not in service:
        assert service["user"] not in {"root", "0"}
        return
    lines = (ROOT / service["build"]["dockerfile"]).read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1:] == ["rollcall"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_is_given_the_hosts_namespaces_or_devices(name: str) -> None:
    given = {"privileged", "network_mode", "pid", "ipc", "devices", "userns_mode"}
    assert given & set(SERVICES[name]) == set()


def test_no_password_is_on_a_command_line() -> None:
    commands = [str(service.get("command")) for service in SERVICES.values()]
    assert [command for command in commands if "PASSWORD" in command.replace("$$", "")] == []


def test_flower_is_given_no_ledger_and_no_keys() -> None:
    flower = SERVICES["flower"]
    assert (set(flower["environment"]), "env_file" in flower, "volumes" in flower) == (
        {"ROLLCALL_HTTP_HOST", "ROLLCALL_REDIS_URL", "FLOWER_BASIC_AUTH"},
        False,
        False,
    )
