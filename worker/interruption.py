"""SIGTERM while a job is held: it ends the work on the job, and never what must follow that work."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Interruption:
    """Whether this process was told to stop, and whether that may end what it is doing just now.

    A stop sends SIGTERM more than once, to the worker's process group and from the parent to its children.
    Celery's pool would die of the first; here the first ends the work, and those that come while the job is
    being claimed, stored or given back are only remembered.
    """

    def __init__(self) -> None:
        self._requested = False
        self._allowed = False

    @classmethod
    @contextmanager
    def by_sigterm(cls) -> Iterator["Interruption"]:
        """Handle SIGTERM by the interruption that is given, until the block ends."""
        interruption = cls()
        before = signal.signal(signal.SIGTERM, lambda *_: interruption.request())
        try:
            yield interruption
        finally:
            signal.signal(signal.SIGTERM, before)

    def request(self) -> None:
        """Remember the stop. Raises SystemExit where that is allowed."""
        self._requested = True
        if self._allowed:
            self._allowed = False
            sys.exit(0)

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Let a stop end this block by SystemExit, also one that was requested before it."""
        self._allowed = True
        try:
            if self._requested:
                sys.exit(0)
            yield
        finally:
            self._allowed = False
