"""Files that a power cut does not take once they are written."""

import os
import shutil
from typing import IO, Final

COPIED_BYTES: Final = 1024 * 1024


def write_durably(source: IO[bytes], draft: str, target: str) -> None:
    """Write a file that a power cut leaves whole or not at all, and once this returns, whole.

    ``draft`` is its name until then, beside ``target``; it stays if writing fails.
    """
    folder = os.path.dirname(target)  # noqa: PTH120 - every request does this, and paths as objects take long
    try:
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        _sync_folder(os.path.dirname(folder))  # noqa: PTH120
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with open(file, "wb") as opened:  # noqa: PTH123
        shutil.copyfileobj(source, opened, COPIED_BYTES)
        opened.flush()
        os.fsync(file)
    os.rename(draft, target)  # noqa: PTH104
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
