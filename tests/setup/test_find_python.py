"""The script by which make finds a Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "setup" / "find-python.sh"


def find(*folders: Path) -> subprocess.CompletedProcess[str]:
    path = ":".join(map(str, folders))
    return subprocess.run(
        ["/bin/sh", SCRIPT], env={"PATH": path}, capture_output=True, text=True, check=False
    )


def add_program(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return folder


def test_a_launcher_that_only_fails_is_passed_over(tmp_path: Path) -> None:
    broken = add_program(tmp_path / "shims", "python3.11", "exit 127")
    working = add_program(tmp_path / "bin", "python3", f'exec "{sys.executable}" "$@"')
    assert find(broken, working).stdout.strip() == sys.executable


def test_a_folder_with_a_space_in_its_name_is_searched(tmp_path: Path) -> None:
    working = add_program(tmp_path / "my programs", "python3", f'exec "{sys.executable}" "$@"')
    assert find(working).returncode == 0


def test_finding_none_is_a_failure(tmp_path: Path) -> None:
    assert find(tmp_path).returncode == 1
