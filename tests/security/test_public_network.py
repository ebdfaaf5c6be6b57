"""With nothing opened, public addresses are reached and all others are not: over real connections."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.calling import CALLS

ROOT = Path(__file__).parents[2]
NAMESPACE = ["unshare", "--net", "--map-root-user"]
REACHED = ["a public address", "a public address of IPv6", "a public name", "another listed port"]
DENIED = ["a port that is not listed", "a private address", "a name of a private address", "this machine"]
Met = dict[str, dict[str, str]]


def namespaces_work() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    tried = [*NAMESPACE, "ip", "link", "set", "lo", "up"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def met() -> Met:
    if not namespaces_work():
        pytest.skip("this machine lets nobody make a network namespace")
    command = [*NAMESPACE, sys.executable, "-m", "tests.security.public_network"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: Met = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize("name", REACHED)
def test_what_is_public_is_reached(met: Met, name: str, kind: str) -> None:
    assert met[name][kind] == "ok"


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize("name", DENIED)
def test_what_is_not_public_is_denied(met: Met, name: str, kind: str) -> None:
    assert met[name][kind] == "egress_denied"
