"""What the embedding network hears of every voice on every kind of line, computed once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from shared.domain import Line
from training.voices import CONDITIONS, Voice, clean
from worker.models.embedder import HOP_SAMPLES, Embedder, frame_levels
from worker.voiceprints.lines import at_level, renderings

Array = NDArray[np.float32]
FURTHER_DRAWS: Final = 2
_WINDOWS_AT_ONCE: Final = 128


@dataclass(frozen=True, eq=False)
class HeardVoice:
    """Windows (num_windows, dimension) of a voice: by condition, of its exemplars by line, and once more.

    ``more`` holds further draws of the conditions, which differ in band, codec, noise and room.
    """

    name: str
    conditions: dict[str, Array]
    exemplars: dict[Line, Array]
    more: list[Array]


def hear_voices(embedder: Embedder, voices: Iterable[Voice], seed: int) -> list[HeardVoice]:
    """All voices, each in all conditions."""
    heard = []
    for number, voice in enumerate(voices):
        rng = np.random.default_rng([seed, number])
        conditions = {
            one.name: windows(embedder, at_level(one.render(voice.samples, rng))) for one in CONDITIONS
        }
        exemplars = {
            line: np.concatenate([windows(embedder, one) for one in renderings(voice.samples, line)])
            for line in Line
        }
        more = [
            windows(embedder, at_level(one.render(voice.samples, rng)))
            for _ in range(FURTHER_DRAWS)
            for one in CONDITIONS
            if one.render is not clean
        ]
        heard.append(HeardVoice(voice.name, conditions, exemplars, more))
    return heard


@torch.inference_mode()
def windows(embedder: Embedder, samples: Array) -> Array:
    """What the network hears in half overlapping windows of ``samples``, (num_windows, dimension)."""
    given = torch.from_numpy(np.ascontiguousarray(samples))[None]
    num_frames = -(-samples.size // HOP_SAMPLES)
    energies = embedder.mel_energies(given)[0, :num_frames]
    cut = embedder.windows(energies, frame_levels(given, num_frames)[0])
    heard: Array = torch.cat([embedder.hear(part) for part in torch.split(cut, _WINDOWS_AT_ONCE)]).numpy()
    return heard
