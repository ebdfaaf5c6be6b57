"""Each image's processes start with what that image has installed."""

import subprocess
import sys

import pytest

# What the gateway's image does without: the worker extra.
ABSENT = ["torch", "torchaudio", "pyannote", "safetensors", "imageio_ffmpeg"]
WITHOUT_THEM = """
import sys
for name in {absent!r}:
    sys.modules[name] = None
import {module}
"""


@pytest.mark.parametrize("module", ["api.app", "worker.main", "deploy.processes.commands"])
def test_the_gateways_image_can_import(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("ROLLCALL_MASTER_KEY_FILE", "/dev/null")
    program = WITHOUT_THEM.format(absent=ABSENT, module=module)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
