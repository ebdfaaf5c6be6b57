"""docker-compose.yml, held against what it starts."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.processes.commands import COMMANDS
from deploy.processes.health import CHECKS
from shared.settings import Settings
from tests.deployment.compose import COMPOSE, OURS, ROOT, SERVICES, seconds, secret_targets

COMPOSE_PROGRAM = Path(sys.executable).with_name("docker-compose")
WORKERS = ["worker", "worker-gpu"]
KNOWN = {f"ROLLCALL_{field.upper()}" for field in Settings.model_fields} | {"FLOWER_BASIC_AUTH"}
ALWAYS = {"redis", "postgres", "prepare", "api", "deliver", "beat"}
PROFILES = {
    "cpu": {"worker"},
    "gpu": {"worker-gpu"},
    "observability": {"flower", "prometheus", "grafana"},
}


@pytest.mark.skipif(
    not COMPOSE_PROGRAM.exists(), reason="there is no docker-compose for this platform on PyPI"
)
@pytest.mark.parametrize("profile", PROFILES)
def test_compose_itself_reads_the_file_and_starts_what_a_profile_says(profile: str) -> None:
    command = [COMPOSE_PROGRAM, "--env-file", "/dev/null", "--profile", profile, "config", "--services"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stderr, set(done.stdout.split())) == ("", ALWAYS | PROFILES[profile])


def test_every_service_is_in_a_profile_or_always_there() -> None:
    assert set(SERVICES) == ALWAYS.union(*PROFILES.values())


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_a_process_that_exists(name: str) -> None:
    assert OURS[name]["command"][-1] in {*COMMANDS, "prepare"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_sets_only_settings_that_exist(name: str) -> None:
    assert set(OURS[name]["environment"]) <= KNOWN


@pytest.mark.parametrize("name", OURS)
def test_a_file_that_a_service_is_handed_is_called_as_a_setting_or_named_by_one(name: str) -> None:
    named = {value for value in OURS[name]["environment"].values() if "/run/secrets/" in value}
    files = {target for target in secret_targets(OURS[name]) if f"/run/secrets/{target}" not in named}
    assert files <= KNOWN


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_that_a_service_is_handed_exists(name: str) -> None:
    assert set(secret_targets(SERVICES[name]).values()) <= set(COMPOSE["secrets"])


def test_no_secret_is_in_an_environment() -> None:
    variables = {key for service in SERVICES.values() for key in service.get("environment", {})}
    secret = {key for key in variables if "PASSWORD" in key or "AUTH" in key or key.endswith("_KEY")}
    assert {key for key in secret if not key.endswith("_FILE")} == set()


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"prepare"}))
def test_a_service_has_a_healthcheck(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", sorted(OURS.keys() - {"prepare"}))
def test_a_healthcheck_is_of_the_services_own_process(name: str) -> None:
    *words, checked = OURS[name]["healthcheck"]["test"]
    assert (words, checked) == (
        ["CMD", "python", "-m", "deploy.processes.health"],
        OURS[name]["command"][-1],
    )


def test_every_process_has_a_healthcheck() -> None:
    assert set(CHECKS) == set(COMMANDS)


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("resource", ["cpus", "memory", "pids"])
def test_a_service_has_limits(name: str, resource: str) -> None:
    assert SERVICES[name]["deploy"]["resources"]["limits"][resource]


@pytest.mark.parametrize("name", [*WORKERS, "api"])
def test_a_service_may_hand_back_what_it_has_before_it_is_killed(name: str) -> None:
    service = SERVICES[name]
    drain = float(service["environment"]["ROLLCALL_DRAIN_SECONDS"])
    assert seconds(service["stop_grace_period"]) >= drain + 10


def test_an_attempt_at_a_webhook_may_end_before_its_process_is_killed() -> None:
    assert seconds(SERVICES["deliver"]["stop_grace_period"]) >= 15 + 10


def test_a_gpu_is_given_to_the_cuda_variant() -> None:
    (device,) = SERVICES["worker-gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert (device["capabilities"], SERVICES["worker-gpu"]["build"]["target"]) == (["gpu"], "cuda")


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
        assert service["user"].split(":")[0] not in {"root", "0"}
        return
    lines = (ROOT / service["build"]["dockerfile"]).read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1:] == ["10001"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_is_given_the_hosts_namespaces_or_devices(name: str) -> None:
    given = {"privileged", "network_mode", "pid", "ipc", "devices", "userns_mode"}
    assert given & set(SERVICES[name]) == set()


def test_no_password_is_on_a_command_line() -> None:
    commands = [str(service.get("command")) for service in SERVICES.values()]
    assert [command for command in commands if "PASSWORD" in command.replace("$$", "")] == []


def test_flower_is_given_no_ledger_and_no_keys() -> None:
    flower = SERVICES["flower"]
    given = {*flower["environment"], *secret_targets(flower)}
    assert (given, "env_file" in flower, flower["volumes"]) == (
        {
            "ROLLCALL_DATA_DIR",
            "ROLLCALL_HTTP_HOST",
            "ROLLCALL_REDIS_URL",
            "ROLLCALL_REDIS_PASSWORD",
            "ROLLCALL_SECRETS_DIR",
            "FLOWER_BASIC_AUTH",
        },
        False,
        ["flower:/data"],
    )
