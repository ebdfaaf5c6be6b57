"""All voices of a chunk embedded: ResNet34 as in the stock pipeline of pyannote, and as it is run here."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from bench.report import Section

if TYPE_CHECKING:
    import torch

Array = NDArray[np.float32]
Embed = Callable[[Array, Array], Array]

CHUNKS: Final = 8
VOICES: Final = 3
CHUNK_SECONDS: Final = 10
FRAMES: Final = 589
ROUNDS: Final = 3
RATE_HERTZ: Final = 16_000


def measure_trunk() -> Section:
    """Both ways in turns, in one process and with the same threads; random weights do not change the work."""
    from shared.settings import load_settings
    from worker.models.runtime import prepare_torch

    device = prepare_torch(load_settings().torch_threads)
    import torch

    chunks, masks = _chunks(), _masks()
    ways = _ways(device)
    stock, ours = (
        embed(chunks, masks) for embed in (ways["stock, 32 pairs at once"], ways["one trunk pass"])
    )
    seconds = _timed(ways, chunks, masks)
    first = next(iter(seconds.values()))
    rows: list[Sequence[str]] = [
        (way, f"{taken:.2f}", f"{first / taken:.1f}") for way, taken in seconds.items()
    ]
    return Section(
        f"ResNet34: embeddings of {VOICES} voices in each of {CHUNKS} chunks of {CHUNK_SECONDS} s",
        ("what", f"seconds (median of {ROUNDS})", "times as fast"),
        rows,
        f"On {device.type} with {torch.get_num_threads()} threads, random weights. The embeddings differ by "
        f"{np.abs(stock - ours).max():.0e} at most; the largest number in them is {np.abs(stock).max():.1f}.",
    )


def _ways(device: "torch.device") -> dict[str, Embed]:
    import torch
    from pyannote.audio.models.embedding import WeSpeakerResNet34
    from pyannote.audio.pipelines.speaker_verification import PretrainedSpeakerEmbedding

    from worker.models.resnet34 import TrunkEmbedder

    torch.manual_seed(0)
    network = WeSpeakerResNet34().eval().to(device)
    stock = PretrainedSpeakerEmbedding(network, device=device)
    return {
        "stock, 32 pairs at once": lambda chunks, masks: _pair_by_pair(stock, chunks, masks, 32),
        "stock, a pair at a time": lambda chunks, masks: _pair_by_pair(stock, chunks, masks, 1),
        "one trunk pass": TrunkEmbedder(network).embed,
    }


def _pair_by_pair(stock: Any, chunks: Array, masks: Array, at_once: int) -> Array:
    """Like ``SpeakerDiarization.get_embeddings``: every pair of a chunk and a voice by itself."""
    import torch

    given = torch.split(torch.from_numpy(chunks).repeat_interleave(VOICES, 0)[:, None], at_once)
    weights = torch.split(torch.from_numpy(masks).flatten(0, 1), at_once)
    found = [stock(some, masks=own) for some, own in zip(given, weights, strict=True)]
    return np.concatenate(found).reshape(*masks.shape[:2], -1)


def _timed(ways: Mapping[str, Embed], chunks: Array, masks: Array) -> dict[str, float]:
    """Median seconds of each way; every round has all of them, whatever else the machine does meanwhile."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, embed in ways.items():
            started = time.perf_counter()
            embed(chunks, masks)
            taken[way].append(time.perf_counter() - started)
    return {way: median(seconds) for way, seconds in taken.items()}


def _chunks() -> Array:
    """Chunks (CHUNKS, num_samples) of the packaged conversation, one every second."""
    from bench.recordings import packaged_samples

    samples = packaged_samples().astype(np.float32)
    starts = range(0, CHUNKS * RATE_HERTZ, RATE_HERTZ)
    return np.stack([samples[start : start + CHUNK_SECONDS * RATE_HERTZ] for start in starts])


def _masks() -> Array:
    """Masks (CHUNKS, VOICES, FRAMES) with each voice in half of the frames."""
    spoken = np.random.default_rng(0).random((CHUNKS, VOICES, FRAMES)) < 0.5
    return spoken.astype(np.float32)
