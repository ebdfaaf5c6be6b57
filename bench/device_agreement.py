"""Whether a device gives the CPU's answer: scores, points and turns of one recording, side by side."""

from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray

from bench.diarization_error import DiarizationError
from bench.report import Section
from shared.settings import load_settings
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.diarizer import Diarizer
from worker.diarization.heard import Heard
from worker.diarization.listening import load_ears
from worker.diarization.turns import Turn
from worker.models.learned import load_learned
from worker.models.pack import ModelPack

Samples = NDArray[np.float32]

TOLERATED_SECONDS = 0.02
"""Turns are equal if they begin and end within a frame of each other."""


@dataclass(frozen=True)
class Answer:
    """What one device made of a recording."""

    heard: Heard
    turns: list[Turn]


@dataclass(frozen=True)
class Agreement:
    """How far two answers are apart.

    ``same_slots`` is the share of slots found alike by both, in whose points ``points`` is the largest
    distance, beside ``spread``, the mean length of a point. ``turns_error`` is the diarization error of one
    against the other.
    """

    scores: float
    speech: float
    same_slots: float
    points: float
    spread: float
    has_equal_turns: bool
    turns_error: float


def diarizer_on(device: torch.device) -> Diarizer:
    """The engine's, with networks of its own."""
    pack = ModelPack.open(load_settings().pack_dir)
    return Diarizer(load_ears(pack, load_learned(pack.learned), device))


def answer_of(diarizer: Diarizer, samples: Samples) -> Answer:
    """What the networks hear, and what is made of it."""
    heard: list[Heard] = []
    hear = diarizer.ears.hear

    def kept(*given: Any) -> Heard:
        heard.append(hear(*given))
        return heard[-1]

    with patch.object(diarizer.ears, "hear", kept):
        turns = diarizer.diarize(samples).turns
    return Answer(heard[-1], turns)


def measure_agreement(device: torch.device, samples: Samples) -> Section:
    """The CPU's answer beside the device's, both as workers compute."""
    reference = answer_of(diarizer_on(torch.device("cpu")), samples)
    found = compare(reference, answer_of(diarizer_on(device), samples), samples)
    return Section(
        f"Answers of {device} beside the CPU's, {samples.size / SAMPLE_RATE_HERTZ / 60:g} minutes",
        ("what", "largest difference"),
        [
            ("segmentation scores, 0 to 1", f"{found.scores:.2e}"),
            ("speech, 0 to 1", f"{found.speech:.2e}"),
            (f"points of the voice space, whose mean length is {found.spread:.1f}", f"{found.points:.2e}"),
            ("slots found alike, %", f"{found.same_slots * 100:.2f}"),
            (f"turns equal within {TOLERATED_SECONDS} s", "yes" if found.has_equal_turns else "no"),
            ("diarization error of one against the other, %", f"{found.turns_error * 100:.3f}"),
        ],
        "The packaged conversation, repeated.",
    )


def compare(reference: Answer, other: Answer, samples: Samples) -> Agreement:
    """The largest differences between two answers to ``samples``."""
    pairs = _same_slots(reference.heard, other.heard)
    distances = [np.abs(one - two).max() for one, two in pairs]
    lengths = [np.linalg.norm(one, axis=1).mean() for one, _ in pairs]
    return Agreement(
        scores=_difference(reference.heard.scores, other.heard.scores),
        speech=_difference(reference.heard.speech, other.heard.speech),
        same_slots=len(pairs) / max(len(reference.heard.slots), len(other.heard.slots), 1),
        points=float(max(distances, default=0.0)),
        spread=float(np.mean(lengths)) if lengths else 0.0,
        has_equal_turns=equal_turns(reference.turns, other.turns),
        turns_error=DiarizationError().score(reference.turns, other.turns, samples.size / SAMPLE_RATE_HERTZ),
    )


def equal_turns(reference: list[Turn], other: list[Turn]) -> bool:
    """Whether every turn has its like within the tolerance, and every cluster keeps its own turns."""
    if len(reference) != len(other):
        return False
    pairs = list(zip(reference, other, strict=True))
    near = all(
        abs(a - b) <= TOLERATED_SECONDS for one, two in pairs for a, b in zip(one.span, two.span, strict=True)
    )
    names = {(one.cluster, two.cluster) for one, two in pairs}
    return near and len(names) == len({one for one, _ in names}) == len({two for _, two in names})


def _same_slots(reference: Heard, other: Heard) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Points of the slots that both heard in the same frames."""
    theirs = {(one.slot.chunk, one.slot.voice): one for one in other.slots}
    pairs = []
    for one in reference.slots:
        two = theirs.get((one.slot.chunk, one.slot.voice))
        if two is not None and np.array_equal(one.slot.telling, two.slot.telling):
            pairs.append((one.points, two.points))
    return pairs


def _difference(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    return float(np.abs(one - two).max(initial=0.0))
