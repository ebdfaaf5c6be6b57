"""Creates the environment and fills it with packages."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

from deploy.setup.errors import SetupFailed, StepFailed
from deploy.setup.layout import EXTRAS, Layout, base_python
from deploy.setup.steps import Steps

# Quiet and without questions: nobody is there to answer, and the output goes to a file.
_PIP_INSTALL = ("-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off")


def wipe(layout: Layout) -> None:
    """Empty the environment's folder, all but the note that it is unfinished, which a kill must leave."""
    for entry in layout.venv.iterdir():
        if entry == layout.progress:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def create(layout: Layout, steps: Steps) -> None:
    """Make an environment that has pip, also where the system's Python came without the parts to do so."""
    venv = [base_python(), "-m", "venv"]
    if importlib.util.find_spec("ensurepip") is not None:
        try:
            steps.run("environment", [*venv, layout.venv])
            return
        except StepFailed:
            steps.say("  This Python cannot put pip into an environment; trying with its own pip.")
    if importlib.util.find_spec("pip") is None:
        raise SetupFailed(
            "This Python has neither ensurepip nor pip. Install pip for it, then run this again."
        )
    steps.run("environment, without pip", [*venv, "--without-pip", layout.venv])
    pip: list[str | Path] = [base_python(), "-m", "pip", "--python", layout.python, *_PIP_INSTALL[2:]]
    steps.run_online("pip for the environment", [*pip, "pip"])


def install(layout: Layout, steps: Steps) -> None:
    """Install the project, editable, and everything that it needs, in the versions that were tested."""
    pip = [str(layout.python), *_PIP_INSTALL, "-c", "constraints.txt"]
    tools = _pinned_tools(layout)
    if tools:
        steps.run_online("installer", [*pip, *tools])
    # One call for all, so that pip weighs all wishes at once. It builds the project with the setuptools from
    # above: left to itself pip would fetch the newest one, which nobody has tested.
    project = ["--no-build-isolation", "-e", f".[{EXTRAS}]"]
    steps.run_online("packages (the long step)", [*pip, *project])


def _pinned_tools(layout: Layout) -> list[str]:
    """The pins of what installs the rest, which therefore must come first."""
    lines = layout.constraints.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if re.match(r"(pip|setuptools)\s*==", line)]
