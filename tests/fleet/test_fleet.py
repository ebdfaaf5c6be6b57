"""The short form of ``make fleet``: two hosts with a stand-in for the models, one of which is unplugged."""

import re
import subprocess
import sys

import pytest

from tests.fleet.__main__ import ROOT
from tests.fleet.hosts import namespaces_work


def test_a_worker_host_that_is_unplugged_loses_nothing() -> None:
    if not namespaces_work():
        pytest.skip("this machine lets nobody make a network namespace")
    command = [sys.executable, "-m", "tests.fleet", "tests/fleet/cables.py", "-k", "tiny"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    passed = re.search(r"^(\d+) passed", run.stdout, re.MULTILINE)
    assert (run.returncode, passed and int(passed[1]) > 5) == (0, True), run.stdout + run.stderr
