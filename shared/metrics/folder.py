"""Numbers of processes that count together: a file of each, in a folder that none but they use.

The library keeps the files. It leaves those of processes that ended where they are, so that nothing that was
counted is taken back; here their numbers are added up in one file, and they are removed.
"""

import fcntl
import os
import shutil
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

ENDED: Final = "ended"
"""Stands in a file's name where others have a process's id."""


def folder_of(pid: int) -> Path:
    """The folder of the process ``pid`` and its children; folders of processes that ended are removed.

    Raises PermissionError if somebody else has taken its place in the folder for temporary files.
    """
    root = Path(gettempdir()) / f"rollcall-metrics-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    found = root.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{root} belongs to somebody else; remove it, or set TMPDIR to another folder.")
    for other in root.iterdir():
        if not _runs(other.name):
            shutil.rmtree(other, ignore_errors=True)
    own = root / str(pid)
    own.mkdir(exist_ok=True)
    return own


class FolderCollector(Collector):
    """Reads what all processes of a folder have counted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = threading.Lock()

    def collect(self) -> Iterable[Metric]:
        """Every metric, as one process would have counted it."""
        with self._thread, _alone_in(self._folder):
            _add_up_ended(self._folder)
            return list(MultiProcessCollector(None, path=str(self._folder)).collect())


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # Not by closing it: a child forked meanwhile has it open as well.
            fcntl.flock(file, fcntl.LOCK_UN)


def _add_up_ended(folder: Path) -> None:
    for path in sorted(folder.glob("*.db")):
        kind, pid = path.stem.split("_", 1)[0], path.stem.rsplit("_", 1)[-1]
        if pid == ENDED or _runs(pid):
            continue
        # What a gauge said of a process is not true any more.
        if kind != "gauge":
            _add_to(folder / f"{kind}_{ENDED}.db", path)
        path.unlink()


def _add_to(sums: Path, ended: Path) -> None:
    kept = MmapedDict(str(sums))
    for key, value, _, _ in MmapedDict.read_all_values_from_file(str(ended)):
        so_far, _ = kept.read_value(key)
        kept.write_value(key, so_far + value, 0.0)
    kept.close()


def _runs(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
