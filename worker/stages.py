"""How long the stages of a job take."""

import time
from types import TracebackType
from typing import Self

from shared.metrics import Metrics
from shared.metrics.definitions import STAGE_SECONDS
from shared.tracing import Tracer


class Stages:
    """One stage at a time; a stage ends where the next one begins, or with the block.

    A stage that an exception ends has not been done, and is not counted.
    """

    def __init__(self, metrics: Metrics, tracer: Tracer) -> None:
        self._metrics = metrics
        self._tracer = tracer
        self._name = ""
        self._began_at = 0.0

    def begin(self, name: str) -> None:
        """Go on to a stage, if it is another one."""
        if name != self._name:
            self._end()
            self._name, self._began_at = name, time.perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._end()

    def _end(self) -> None:
        if self._name:
            seconds = time.perf_counter() - self._began_at
            self._metrics.observe(STAGE_SECONDS, seconds, stage=self._name)
            self._tracer.add_ended(self._name, seconds)
