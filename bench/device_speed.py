"""Where a device's time goes, and which batches and number formats suit it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray

from bench.device_agreement import answer_of, compare, diarizer_on
from bench.in_process import timed
from bench.number_formats import FORMATS, computing_in
from bench.report import Section
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization import diarizer as diarizing
from worker.diarization import listening
from worker.diarization.diarizer import Diarizer
from worker.diarization.listening import Ears

Samples = NDArray[np.float32]

ROUNDS = 3
WARM_UP_SECONDS = 60
_MIB = 1024 * 1024
_STAGES: dict[str, tuple[Any, str]] = {
    "loudness": (Ears, "loudness"),
    "segmentation network": (Ears, "segment"),
    "speech head": (Ears, "_head_odds"),
    "slots and embedding network": (Ears, "_embed"),
    "clustering": (diarizing, "cluster_slots"),
    "resegmentation": (diarizing, "resegment"),
    "reconstruction": (diarizing, "reconstruct"),
    "is it speech": (diarizing, "believable"),
}


def measure_stages(device: torch.device, samples: Samples) -> Section:
    """Seconds of each stage of one diarization, with the device waited for at each stage's end."""
    diarizer = _warm(device, samples)
    with _stopwatch(device) as seconds:
        whole, _ = timed(lambda: _diarize(diarizer, samples, device), 1)
    rest = whole - sum(seconds.values())
    stages = [*seconds.items(), ("the rest", rest), ("all", whole)]
    return Section(
        f"Stages of a diarization on {device}, {_minutes(samples):g} minutes",
        ("stage", "seconds", "%"),
        [(name, f"{spent:.3f}", f"{100 * spent / whole:.1f}") for name, spent in stages],
        "One diarization, warm. Waiting for the device after each stage costs a little itself.",
    )


def measure_batches(device: torch.device, samples: Samples, batches: Sequence[int]) -> Section:
    """The whole diarization with so many chunks at once, and eight times as many windows of speech."""
    diarizer, rows = _warm(device, samples), []
    for chunks in batches:
        with (
            patch.object(listening, "_CHUNKS_AT_ONCE", chunks),
            patch.object(listening, "_WINDOWS_AT_ONCE", chunks * 8),
        ):
            rows.append([str(chunks), str(chunks * 8), *_figures(diarizer, samples, device)])
    return Section(
        f"Batches on {device}, {_minutes(samples):g} minutes",
        ("chunks at once", "windows at once", *_FIGURES),
        rows,
        f"Median of {ROUNDS} after a minute of warming up.",
    )


def measure_formats(device: torch.device, samples: Samples, compared: Samples) -> Section:
    """Speed in each format on ``samples``, and agreement with the CPU on ``compared``."""
    reference = answer_of(diarizer_on(torch.device("cpu")), compared)
    diarizer, rows = _warm(device, samples), []
    for one in FORMATS:
        with computing_in(one, diarizer.ears):
            if not _can_compute(diarizer, compared):
                rows.append([one.name, "this device cannot", *[""] * (len(_FIGURES) + len(_AGREEMENT) - 1)])
                continue
            figures = _figures(diarizer, samples, device)
            found = compare(reference, answer_of(diarizer, compared), compared)
        agreement = (f"{found.scores:.1e}", f"{found.points:.1e}", f"{found.turns_error * 100:.3f}")
        rows.append([one.name, *figures, "yes" if found.has_equal_turns else "no", *agreement])
    return Section(
        f"Number formats on {device}, {_minutes(samples):g} minutes",
        ("format", *_FIGURES, *_AGREEMENT),
        rows,
        f"Timed like the batches; compared with the CPU in float32 on {_minutes(compared):g} minutes.",
    )


_FIGURES = ("seconds", "real time factor", "times real time", "device memory at its peak, MiB")
_AGREEMENT = ("turns equal", "scores differ by", "points differ by", "turns' error %")


def _can_compute(diarizer: Diarizer, samples: Samples) -> bool:
    """Not every processor has every layer in 16 bits."""
    try:
        diarizer.diarize(samples[: WARM_UP_SECONDS * SAMPLE_RATE_HERTZ])
    except RuntimeError:
        return False
    return True


def _figures(diarizer: Diarizer, samples: Samples, device: torch.device) -> list[str]:
    is_cuda = device.type == "cuda"
    if is_cuda:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    _diarize(diarizer, samples[: WARM_UP_SECONDS * SAMPLE_RATE_HERTZ], device)
    seconds, _ = timed(lambda: _diarize(diarizer, samples, device), ROUNDS)
    memory = f"{torch.cuda.max_memory_allocated(device) / _MIB:.0f}" if is_cuda else "–"
    factor = seconds / (samples.size / SAMPLE_RATE_HERTZ)
    return [f"{seconds:.2f}", f"{factor:.5f}", f"{1 / factor:.0f}", memory]


def _warm(device: torch.device, samples: Samples) -> Diarizer:
    diarizer = diarizer_on(device)
    _diarize(diarizer, samples[: WARM_UP_SECONDS * SAMPLE_RATE_HERTZ], device)
    return diarizer


def _diarize(diarizer: Diarizer, samples: Samples, device: torch.device) -> None:
    diarizer.diarize(samples)
    _wait_for(device)


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


@contextmanager
def _stopwatch(device: torch.device) -> Iterator[dict[str, float]]:
    """Seconds spent in each stage, by its name, until the block ends."""
    seconds = dict.fromkeys(_STAGES, 0.0)
    with ExitStack() as patches:
        for name, (owner, function) in _STAGES.items():
            watched = _watched(getattr(owner, function), name, seconds, device)
            patches.enter_context(patch.object(owner, function, watched))
        yield seconds


def _watched(
    function: Callable[..., Any], name: str, seconds: dict[str, float], device: torch.device
) -> Callable[..., Any]:
    def watched(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            _wait_for(device)
            seconds[name] += time.perf_counter() - started

    return watched


def _minutes(samples: Samples) -> float:
    return samples.size / SAMPLE_RATE_HERTZ / 60
