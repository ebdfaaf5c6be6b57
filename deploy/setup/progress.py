"""How far set-up got, kept in one small file inside the environment.

The file is replaced in one go, so a kill at any moment leaves either the old state or the new one. While
packages are being changed it says `installing`. Found by a later run, that word means that pip was cut off:
it can then believe in half a distribution, or fail to remove one, so nothing in the environment is trusted.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Phase(StrEnum):
    """The stages of a set-up."""

    INSTALLING = "installing"
    INSTALLED = "installed"
    READY = "ready"


@dataclass(frozen=True)
class Progress:
    """What the last set-up did, and for which folder: an environment does not survive being moved."""

    phase: Phase
    fingerprint: str
    python: str
    folder: str

    def save(self, path: Path) -> None:
        """Put this on the disk before returning, so that later steps cannot overtake it."""
        draft = path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def load_progress(path: Path) -> Progress | None:
    """What was saved; None where nothing was, or nothing that can be read."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        return Progress(**{**saved, "phase": Phase(saved["phase"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
