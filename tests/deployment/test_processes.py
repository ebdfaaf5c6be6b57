"""Each service of docker-compose.yml by its own command, environment, secrets and healthcheck."""

import subprocess
import sys
from pathlib import Path

import pytest

from client import RollcallClient, Segment
from shared.settings.environment import environment_with
from tests.deployment.compose import SERVICES
from tests.deployment.conftest import NAMES, PROCESSES
from tests.deployment.container import UID, can_confine
from tests.deployment.fleet import Fleet

CONFINED = pytest.mark.skipif(not can_confine(), reason="only root on Linux may make a container's walls")


@pytest.mark.parametrize("name", PROCESSES)
def test_a_healthcheck_passes_where_the_process_is_well(fleet: Fleet, name: str) -> None:
    assert fleet.healthcheck(name) == ""


@pytest.mark.parametrize("name", ["gateway", "worker", "deliver", "beat", "flower"])
def test_a_healthcheck_fails_where_there_is_no_such_process(name: str, tmp_path: Path) -> None:
    nowhere = environment_with(
        ROLLCALL_DATA_DIR=str(tmp_path),
        ROLLCALL_REDIS_URL="redis://127.0.0.1:1/0",
        ROLLCALL_HTTP_PORT="1",
        FLOWER_PORT="1",
    )
    check = [sys.executable, "-m", "deploy.processes.health", name]
    done = subprocess.run(check, env=nowhere, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.split(":")[0]) == (1, f"{name} is unwell")


@CONFINED
@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_not_root(fleet: Fleet, name: str) -> None:
    assert set(fleet.running[name].process.uids()) == {UID}


@CONFINED
@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_can_write_to_its_volume_and_to_tmp_only(fleet: Fleet, name: str) -> None:
    container = fleet.running[name]
    volume = fleet.folder / SERVICES[name]["volumes"][0].partition(":")[0]
    assert container.writable_places() == {container.environment["TMPDIR"], str(volume)}


def test_the_service_works(fleet: Fleet, identified: list[Segment]) -> None:
    assert {segment.speaker_id for segment in identified} == set(NAMES), fleet.running["worker"].last_words()


def test_the_key_of_the_secrets_file_is_the_first_tenants(fleet: Fleet, client: RollcallClient) -> None:
    assert isinstance(list(client.speakers.list()), list)
