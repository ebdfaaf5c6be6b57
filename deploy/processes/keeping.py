"""Secrets that are made once and kept in a file beside the data, for their owner's eyes alone."""

import os
from collections.abc import Callable
from pathlib import Path


def kept_secret(path: Path, generate: Callable[[], str]) -> str:
    """The secret that a file holds; if there is no file, one is made with what ``generate`` gives."""
    if not path.exists():
        draft = path.with_suffix(".draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(generate())
        draft.replace(path)
    return path.read_text().strip()
