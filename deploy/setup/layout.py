"""Where set-up finds and puts things, relative to one checkout."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

EXTRAS = "api,worker,s3,local,flower,dev"
# Raise this when a change to set-up itself must reach checkouts that are already set up.
REVISION = 1


@dataclass(frozen=True)
class Layout:
    """The files of one checkout that set-up reads or writes."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment that everything runs in."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's own Python."""
        return self.venv / "bin" / "python"

    @property
    def log(self) -> Path:
        """What pip and the other steps printed, for when something goes wrong."""
        return self.venv / "setup.log"

    @property
    def progress(self) -> Path:
        """How far set-up got; see `deploy.setup.progress`."""
        return self.venv / "setup.json"

    @property
    def lock(self) -> Path:
        """Held while set-up works. Outside the environment, which may be wiped meanwhile."""
        return self.root / ".venv.lock"

    @property
    def constraints(self) -> Path:
        """The exact versions to install."""
        return self.root / "constraints.txt"

    @property
    def model_pack(self) -> Path:
        """The folder of the models that need no account and no hub."""
        return self.root / ".models" / "embedded"

    @property
    def model_manifest(self) -> Path:
        """Written last by whoever builds the pack: without it there is no pack."""
        return self.model_pack / "manifest.json"

    def fingerprint(self) -> str:
        """Hash of everything that decides what gets installed; another value means: install again."""
        digest = hashlib.sha256(f"{REVISION} {python_series()} {EXTRAS}\n".encode())
        for path in (self.root / "pyproject.toml", self.constraints):
            digest.update(path.read_bytes() + b"\0")
        return digest.hexdigest()


def python_series() -> str:
    """The running Python as "3.11". A patch release keeps the environment working, a minor one does not."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def base_python() -> str:
    """The interpreter outside any environment: set-up may be run from the very one it is about to wipe."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)
