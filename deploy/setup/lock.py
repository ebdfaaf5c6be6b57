"""Lets one set-up at a time work on a checkout."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def only_one(path: Path, on_wait: Callable[[], None]) -> Iterator[int]:
    """Hold the lock; call `on_wait` once when another process has it. Gives the file descriptor.

    The descriptor is meant to be inherited by the guard of the programs that set-up starts. The system frees
    the lock when its last holder is gone: after a kill of set-up, that is when the guard has ended them all.
    """
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()
