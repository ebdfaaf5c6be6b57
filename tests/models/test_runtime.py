"""Imports that work on every machine. Each test has a Python process to itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run_python(code: str, *, packages: Path | None = None) -> str:
    """Output of ``code``, run where the modules in ``packages`` come before the installed ones."""
    code = f"import sys; sys.path[:0] = {[str(packages)] if packages else []}\n{code}"
    command = [sys.executable, "-W", "error::UserWarning:pyannote", "-c", code]
    # What the tests set for themselves is no doing of the product's.
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env=environment)
    return done.stdout.strip()


def fake_torchaudio(folder: Path, extension: str) -> Path:
    package = folder / "torchaudio"
    (package / "_extension").mkdir(parents=True)
    (package / "__init__.py").write_text("from . import _extension\n")
    (package / "_extension" / "__init__.py").write_text(extension)
    return folder


IMPORT = """
from worker.models.runtime import import_torchaudio
print(import_torchaudio()._extension._IS_TORCHAUDIO_EXT_AVAILABLE)
"""


def test_a_compiled_part_that_loads_is_used(tmp_path: Path) -> None:
    packages = fake_torchaudio(tmp_path, "_IS_TORCHAUDIO_EXT_AVAILABLE = True")
    assert run_python(IMPORT, packages=packages) == "True"


@pytest.mark.parametrize("error", ["OSError('libcudart.so')", "RuntimeError('CUDA version')"])
def test_a_compiled_part_that_does_not_load_is_done_without(tmp_path: Path, error: str) -> None:
    packages = fake_torchaudio(tmp_path, f"raise {error}")
    assert run_python(IMPORT, packages=packages) == "False"


def test_a_fault_that_is_not_the_compiled_parts_is_told(tmp_path: Path) -> None:
    (tmp_path / "torchaudio").mkdir()
    (tmp_path / "torchaudio" / "__init__.py").write_text("raise OSError('disk')")
    with pytest.raises(subprocess.CalledProcessError):
        run_python(IMPORT, packages=tmp_path)


@pytest.fixture(scope="module")
def prepared() -> dict[str, Any]:
    """What a process is like after `prepare_torch(1)` and an import of pyannote.audio."""
    return json.loads(run_python(PREPARED).splitlines()[-1])


PREPARED = """
import json, os, warnings
from worker.models.runtime import prepare_torch
prepare_torch(1)
with warnings.catch_warnings(record=True) as caught:
    import pyannote.audio
from pyannote.audio.telemetry.metrics import is_metrics_enabled
import torch
print(json.dumps({
    "telemetry": is_metrics_enabled(),
    "warnings": [str(w.message) for w in caught if "torchcodec" in str(w.message)],
    "threads": torch.get_num_threads(),
    "wait_policy": os.environ["OMP_WAIT_POLICY"],
    "rounded": torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32,
}))
"""


def test_pyannote_sends_no_telemetry(prepared: dict[str, Any]) -> None:
    assert prepared["telemetry"] is False


def test_pyannote_says_nothing_about_torchcodec(prepared: dict[str, Any]) -> None:
    assert prepared["warnings"] == []


def test_torch_uses_the_threads_it_is_given(prepared: dict[str, Any]) -> None:
    assert prepared["threads"] == 1


def test_idle_threads_leave_their_core_to_others(prepared: dict[str, Any]) -> None:
    assert prepared["wait_policy"] == "PASSIVE"


def test_a_gpu_computes_in_32_bits_like_the_cpu(prepared: dict[str, Any]) -> None:
    assert prepared["rounded"] is False
