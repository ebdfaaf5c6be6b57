"""Each image's processes start with what that image has installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.image_size import MOST_BYTES, extras_of, installed_bytes, packages_with

GATEWAY = "deploy/images/gateway.Dockerfile"
# What the gateway's image does without: the worker extra.
ABSENT = ["torch", "torchaudio", "pyannote", "safetensors", "imageio_ffmpeg"]
WITHOUT_THEM = """
import sys
for name in {absent!r}:
    sys.modules[name] = None
import {module}
"""


@pytest.mark.parametrize("module", ["api.app", "worker.main", "deploy.processes.commands"])
def test_the_gateways_image_can_import(module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ROLLCALL_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("ROLLCALL_DATA_DIR", str(tmp_path))
    program = WITHOUT_THEM.format(absent=ABSENT, module=module)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_gateways_image_is_small() -> None:
    packages = packages_with(extras_of(GATEWAY))
    assert sum(map(installed_bytes, packages)) < MOST_BYTES


def test_the_gateways_image_has_no_torch() -> None:
    assert packages_with(extras_of(GATEWAY)) & {"torch", "torchaudio", "pyannote-audio"} == set()


def test_the_workers_image_has_torch() -> None:
    assert {"torch", "pyannote-audio"} <= packages_with(extras_of("deploy/images/worker.Dockerfile"))
