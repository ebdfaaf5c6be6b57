"""Decides what is left to do, from what is on the disk."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from enum import Enum

from deploy.setup.layout import Layout, python_series
from deploy.setup.progress import Phase, load_progress


class Need(Enum):
    """The work that is left, from none to all of it; each includes those before it."""

    NOTHING = 0
    MODELS = 1
    PACKAGES = 2
    EVERYTHING = 3


@dataclass(frozen=True)
class Verdict:
    """What to do and, where people would wonder, why."""

    need: Need
    reason: str = ""


def judge(layout: Layout) -> Verdict:
    """Look at the checkout. Starts the environment's Python once, and changes nothing."""
    if not layout.venv.is_dir():
        return Verdict(Need.EVERYTHING)
    fault = _fault_of_environment(layout)
    if fault:
        return Verdict(Need.EVERYTHING, fault)
    progress = load_progress(layout.progress)
    if progress is None:
        return Verdict(Need.PACKAGES, "There is an environment that set-up did not make; it will be used.")
    if progress.fingerprint != layout.fingerprint():
        return Verdict(Need.PACKAGES, "The list of packages has changed.")
    if progress.phase is Phase.INSTALLED or not layout.model_manifest.is_file():
        return Verdict(Need.MODELS)
    return Verdict(Need.NOTHING)


def _fault_of_environment(layout: Layout) -> str:
    """Why the environment cannot be kept; empty when it can."""
    progress = load_progress(layout.progress)
    if progress is not None:
        if progress.phase is Phase.INSTALLING:
            return "The last set-up did not finish."
        if progress.folder != str(layout.root):
            return "The folder was copied or moved."
    series = _series_of(layout)
    if series is None:
        return "The Python in .venv does not start any more."
    if series != python_series():
        return f"The environment is for Python {series}, this is Python {python_series()}."
    return ""


def _series_of(layout: Layout) -> str | None:
    """The environment's Python as "3.11", or None when it does not start."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [layout.python, "-I", "-S", "-c", ask], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
