"""Doing something about what takes too long, from one thread for all requests.

A timer for each request would start a thread for each, which takes milliseconds where processors are busy.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Watchdog:
    """Calls what is not over in time."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._watched: dict[object, tuple[float, Callable[[], None]]] = {}
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, seconds: float, too_late: Callable[[], None]) -> Iterator[None]:
        """Call ``too_late``, once, from another thread, if the block takes longer."""
        watched, deadline = object(), time.monotonic() + seconds
        with self._condition:
            self._watched[watched] = (deadline, too_late)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
            elif deadline < self._wakes_at:
                self._condition.notify()
        try:
            yield
        finally:
            with self._condition:
                self._watched.pop(watched, None)

    def _watch(self) -> None:
        while True:
            with self._condition:
                self._wakes_at = min((deadline for deadline, _ in self._watched.values()), default=math.inf)
                # Not woken when a block ends in time: it sleeps on, and the next blocks need not wake it.
                self._condition.wait(self._seconds_left())
                moment = time.monotonic()
                late = [watched for watched, (deadline, _) in self._watched.items() if deadline <= moment]
                calls = [self._watched.pop(watched)[1] for watched in late]
            for call in calls:
                call()

    def _seconds_left(self) -> float | None:
        return None if math.isinf(self._wakes_at) else max(0.0, self._wakes_at - time.monotonic())
