"""The engine on a device beside the stock pipeline on the same one."""

import numpy as np
import torch
from numpy.typing import NDArray

from bench.device_agreement import diarizer_on
from bench.in_process import timed
from bench.report import Section
from bench.stock import StockDiarizer
from shared.settings import load_settings
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.models.pack import ModelPack

Samples = NDArray[np.float32]

ROUNDS = 3
WARM_UP_SECONDS = 60


def measure_stock(device: torch.device, samples: Samples) -> Section:
    """Seconds of both for ``samples`` (num_samples,), 16 kHz, with the same weights on the same device."""
    pack = ModelPack.open(load_settings().pack_dir)
    ours, stock = diarizer_on(device), StockDiarizer(pack, device)
    seconds = {}
    for name, diarizer in (("stock pipeline", stock), ("engine", ours)):
        diarizer.diarize(samples[: WARM_UP_SECONDS * SAMPLE_RATE_HERTZ])
        seconds[name], _ = timed(lambda diarizer=diarizer: diarizer.diarize(samples), ROUNDS)
    duration_seconds = samples.size / SAMPLE_RATE_HERTZ
    return Section(
        f"Engine and stock pipeline on {device}, {duration_seconds / 60:g} minutes",
        ("what", "seconds", "real time factor", "times as fast as stock"),
        [
            (
                name,
                f"{spent:.2f}",
                f"{spent / duration_seconds:.5f}",
                f"{seconds['stock pipeline'] / spent:.1f}",
            )
            for name, spent in seconds.items()
        ],
        f"Diarization alone, the same weights, median of {ROUNDS} after a minute of warming up.",
    )
