"""Temporary folders that do not outlive their worker for long, even if it is killed."""

import errno
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import StorageUnavailable
from shared.logging import log

PREFIX = "job-"
LOCK_NAME = "lock"
# Between making its folder and locking it, a worker needs far less.
UNLOCKED_SECONDS = 60


def scratch_root() -> Path:
    """This user's folder of temporary folders, which nobody else can read."""
    root = Path(tempfile.gettempdir()) / f"rollcall-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    # A link of somebody else's would lead to a folder of this user's, out of which old ones are removed.
    found = root.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{root} is a link, or belongs to another user; remove it, or set TMPDIR.")
    return root


@contextmanager
def disk_faults() -> Iterator[None]:
    """What the disk refuses, most likely for want of room, becomes StorageUnavailable."""
    try:
        yield
    except OSError as error:
        log.error("scratch_failed", error=errno.errorcode.get(error.errno or 0, type(error).__name__))
        raise StorageUnavailable(
            "The worker's disk takes no audio at the moment; send the request again shortly."
        ) from error


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of this process, gone after the block; those that killed workers left go as well.

    Raises StorageUnavailable.
    """
    with disk_faults():
        root = scratch_root()
        _remove_abandoned(root)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_abandoned(root: Path) -> None:
    for folder in root.glob(f"{PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """The system drops a lock with the process that held it, however that ended."""
    try:
        lock = os.open(folder / LOCK_NAME, os.O_RDWR)
    except FileNotFoundError:
        return folder.exists() and time.time() - folder.stat().st_mtime > UNLOCKED_SECONDS
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
