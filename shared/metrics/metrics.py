"""What a process counts with."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import prometheus_client
from prometheus_client import CollectorRegistry, values

from shared.metrics.definitions import Counter, Gauge, Histogram
from shared.metrics.folder import FolderCollector
from shared.settings.environment import set_environment

if TYPE_CHECKING:
    from prometheus_client.registry import Collector


class Metrics:
    """Counters, histograms and gauges, in this process's memory or, for several processes, in a folder.

    A label that the definition does not have, or one that is missing, raises ValueError.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._own = CollectorRegistry()
        # Made when they are first used: what a process never counts, it does not show as zero.
        self._made: dict[str, Any] = {}
        self._making = threading.Lock()
        if folder is not None:
            _keep_numbers_in(folder)
        self.collector: Collector = FolderCollector(folder) if folder else self._own
        """Gives all that was counted, in the folder by whichever process."""

    def count(self, what: Counter, amount: float = 1.0, /, **labels: str) -> None:
        """Add to a counter."""
        self._of(what, labels).inc(amount)

    def observe(self, what: Histogram, value: float, /, **labels: str) -> None:
        """Add an observation to a histogram."""
        self._of(what, labels).observe(value)

    def set(self, what: Gauge, value: float, /, **labels: str) -> None:
        """Say how much something is."""
        self._of(what, labels).set(value)

    def _of(self, what: Counter | Histogram | Gauge, labels: dict[str, str]) -> Any:
        made = self._made.get(what.name)
        if made is None:
            with self._making:
                made = self._made.get(what.name) or _make(what, self._own)
                self._made[what.name] = made
        return made.labels(**labels) if what.labels or labels else made


def _keep_numbers_in(folder: Path) -> None:
    # The library reads the variable whenever it opens a file, and would choose at its import, which is too
    # early here, whether there are files at all.
    set_environment("PROMETHEUS_MULTIPROC_DIR", str(folder))
    values.ValueClass = values.MultiProcessValue()


def _make(definition: Counter | Histogram | Gauge, registry: CollectorRegistry) -> Any:
    what = (definition.name, definition.text, definition.labels)
    if isinstance(definition, Histogram):
        return prometheus_client.Histogram(*what, buckets=definition.buckets, registry=registry)
    if isinstance(definition, Gauge):
        return prometheus_client.Gauge(*what, multiprocess_mode=definition.together, registry=registry)
    return prometheus_client.Counter(*what, registry=registry)
