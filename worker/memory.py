"""How much memory a worker's process has, and what the loading of its models took."""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.metrics import Metrics
from shared.metrics.definitions import MODEL_BYTES, WORKER_BYTES

STATM = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Resident memory of this process; where the system does not tell, the most that it has had."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def note_memory(metrics: Metrics) -> None:
    """Say how much it is now."""
    metrics.set(WORKER_BYTES, resident_bytes())


@contextmanager
def models_weighed(metrics: Metrics) -> Iterator[None]:
    """Say by how much the block, which loads models, makes the process grow."""
    before = resident_bytes()
    yield
    metrics.set(MODEL_BYTES, max(0, resident_bytes() - before), device="cpu")
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        metrics.set(MODEL_BYTES, torch.cuda.memory_allocated(), device="cuda")
    note_memory(metrics)
