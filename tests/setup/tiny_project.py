"""A tiny project with the real set-up in it, so that environments are really made, in seconds and offline."""

from __future__ import annotations

import fcntl
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BASE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny"
version = "1"
"""

# Builds the one wheel there is, with nothing to download first. Waits while a file called `slow` exists.
BACKEND = """
import pathlib, time, zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    pathlib.Path("building").touch()
    while pathlib.Path("slow").exists():
        time.sleep(0.05)
    pathlib.Path("built").touch()
    name = "tiny-1-py3-none-any.whl"
    info = {"METADATA": "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n",
            "WHEEL": "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
            "RECORD": ""}
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w") as wheel:
        wheel.writestr("tiny_installed.py", "")
        for file, text in info.items():
            wheel.writestr("tiny-1.dist-info/" + file, text)
    return name
"""

# Stands for the module that builds the real models; counts how often it is called.
PACK = """
import pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--dest") + 1])
folder.mkdir(parents=True, exist_ok=True)
(folder / "manifest.json").touch()
with open("packs", "a") as file:
    file.write("x")
"""


@dataclass(frozen=True)
class TinyProject:
    """A checkout to set up."""

    root: Path

    def command(self, *arguments: str) -> list[str]:
        """How people start set-up."""
        return [BASE_PYTHON, "-m", "deploy.setup", *arguments]

    def set_up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run set-up to its end."""
        return subprocess.run(
            self.command(*arguments), cwd=self.root, capture_output=True, text=True, timeout=120, check=False
        )

    def start(self) -> subprocess.Popen[str]:
        """Start set-up and do not wait for it."""
        return subprocess.Popen(
            self.command(), cwd=self.root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def kill_in_mid_install(self) -> None:
        """Start a set-up, and kill it at once while pip is at work."""
        (self.root / "slow").touch()
        process = self.start()
        self.wait_for("building")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with (self.root / ".venv.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # free as soon as another set-up could start
        (self.root / "slow").unlink()

    def wait_for(self, name: str) -> None:
        """Wait until a file appears."""
        deadline = time.monotonic() + 60
        while not (self.root / name).exists():
            assert time.monotonic() < deadline, f"{name} never appeared"
            time.sleep(0.02)

    def works(self) -> bool:
        """Whether the environment starts and has the project in it."""
        python = self.root / ".venv" / "bin" / "python"
        command = [python, "-c", "import tiny_installed"]
        return python.exists() and subprocess.run(command, check=False).returncode == 0

    def pack_count(self) -> int:
        """How often the models were built."""
        return len((self.root / "packs").read_text())


def make_tiny_project(root: Path) -> TinyProject:
    """Write the tiny project into a folder."""
    shutil.copytree(REPOSITORY / "deploy" / "setup", root / "deploy" / "setup")
    (root / "deploy" / "__init__.py").touch()
    (root / "worker" / "models").mkdir(parents=True)
    (root / "worker" / "models" / "embedded_pack.py").write_text(PACK)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    (root / "constraints.txt").touch()
    return TinyProject(root)
