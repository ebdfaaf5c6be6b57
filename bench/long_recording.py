"""How much memory a worker needs for a long recording, beside the stock pipeline.

    python -m bench.long_recording {ours,stock} MINUTES

is the fresh process in which it is measured; it prints its figures as JSON.
"""

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.report import Section

OUR_MINUTES = 240.0
# Stock takes some twenty minutes for four hours.
EQUAL_MINUTES = (60.0, 120.0)
PROMISED_GB, PROMISED_RATIO = 1.5, 0.2
STATUS = Path("/proc/self/status")
_GB = 1e9
_KIB = 1024


@dataclass(frozen=True)
class Need:
    """What a fresh process needed: bytes at its peak, before the recording was there, and of its samples."""

    peak_bytes: int
    loaded_bytes: int
    samples_bytes: int
    seconds: float

    @property
    def rest_bytes(self) -> int:
        """What is neither networks nor samples."""
        return self.peak_bytes - self.loaded_bytes - self.samples_bytes


def measure_long_recording(
    our_minutes: float = OUR_MINUTES, equal_minutes: Sequence[float] = EQUAL_MINUTES
) -> Section:
    """Each in a process of its own, one after the other."""
    rows = [_row("ours", our_minutes, _need("ours", our_minutes), "–", f"≤ {PROMISED_GB} GB")]
    for minutes in equal_minutes:
        ours, stock = _need("ours", minutes), _need("stock", minutes)
        ratio = f"{ours.peak_bytes / stock.peak_bytes:.2f}"
        rows.append(_row("stock", minutes, stock, "1", "–"))
        rows.append(_row("ours", minutes, ours, ratio, f"ratio ≤ {PROMISED_RATIO}"))
    return Section(
        "Peak memory of a process that identifies in a long recording",
        (
            "what",
            "minutes",
            "GB at its peak",
            "networks and libraries",
            "samples",
            "the rest",
            "ratio",
            "promised",
        ),
        rows,
        "Resident memory as the system counts it, in GB of 10⁹ bytes; the packaged conversation repeated, "
        "made in place of decoding, which holds as many samples. Stock diarizes; ours identifies two voices. "
        "What is promised is promised of 4 hours; what stock needs grows with the square of the length.",
    )


def _row(name: str, minutes: float, need: Need, ratio: str, promised: str) -> list[str]:
    parts = (need.peak_bytes, need.loaded_bytes, need.samples_bytes, need.rest_bytes)
    return [name, f"{minutes:g}", *(f"{part / _GB:.2f}" for part in parts), ratio, promised]


def _need(who: str, minutes: float) -> Need:
    command = [sys.executable, "-m", "bench.long_recording", who, str(minutes)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Need(**json.loads(answer.splitlines()[-1]))


def _peak_bytes() -> int:
    if STATUS.exists():
        # Linux's getrusage also counts what the process that started this one once had.
        peak = re.search(r"^VmHWM:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
        if peak:
            return int(peak[1]) * _KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else _KIB)


def _work(who: str, minutes: float) -> Need:
    from bench.in_process import enrolled_voices, identify
    from bench.recordings import repeated_samples
    from shared.settings import load_settings
    from worker.engine import load_engine
    from worker.models.pack import ModelPack
    from worker.models.runtime import prepare_torch

    settings = load_settings()
    if who == "stock":
        prepare_torch(settings.torch_threads)
        from bench.stock import StockDiarizer

        diarize = StockDiarizer(ModelPack.open(settings.pack_dir)).diarize
    else:
        engine = load_engine(settings)
        voiceprints = enrolled_voices(engine, settings)

        def diarize(samples):
            return identify(engine, settings, voiceprints, samples).diarization.turns

    loaded_bytes = _peak_bytes()
    samples = repeated_samples(minutes * 60)
    started = time.perf_counter()
    diarize(samples)
    return Need(_peak_bytes(), loaded_bytes, samples.nbytes, time.perf_counter() - started)


if __name__ == "__main__":
    print(json.dumps(vars(_work(sys.argv[1], float(sys.argv[2])))))
