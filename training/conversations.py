"""Conversations that nobody had: turns of different voices laid on one time line, over all kinds of lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.voices import Voice, in_room, on_mobile, on_telephone
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.voiceprints.lines import at_level, in_a_room, with_noise

Samples = NDArray[np.float32]
Rng = np.random.Generator

KINDS: Final = ("clean", "noisy", "telephone", "mobile", "room", "far room")
OVERLAP_SHARE: Final = 0.15
_FRAME_SAMPLES: Final = 320
_FAINTEST_DB: Final = -33.0
_LONGEST_PAUSE_SECONDS: Final = 0.35
_LEAST_TURN_SECONDS: Final = 1.0


@dataclass(frozen=True, eq=False)
class Conversation:
    """``samples`` (num_samples,), 16 kHz, and the spans of samples in which each turn has sound."""

    samples: Samples
    spans: list[tuple[int, int]]


def make_conversation(voices: Sequence[Voice], kind: str, seconds: float, rng: Rng) -> Conversation:
    """A conversation of ``voices``, of about that much speech."""
    pause_seconds = 1.5 if rng.random() < 0.3 else 0.35  # noqa: PLR2004 - some people take their time
    placed: list[tuple[int, Samples]] = []
    cursor, end, said, last = _samples(0.3), 0, 0, -1
    levels = rng.uniform(-6, 6, len(voices))
    while said < seconds * SAMPLE_RATE_HERTZ:
        who = int(rng.choice([one for one in range(len(voices)) if one != last] or [last]))
        turn = _cut(voices[who].samples, rng) * 10 ** (levels[who] / 20)
        if placed and rng.random() < OVERLAP_SHARE:
            cursor = max(0, end - _samples(rng.uniform(0.3, 1.2)))
        placed.append((cursor, turn))
        end = cursor + turn.size
        cursor = end + _samples(rng.exponential(pause_seconds))
        said, last = said + turn.size, who
    mix = np.zeros(max(start + turn.size for start, turn in placed) + _samples(0.4), np.float32)
    spans = []
    for start, turn in placed:
        mix[start : start + turn.size] += turn
        spans += [(start + first, start + last) for first, last in sounding(turn)]
    return Conversation(np.clip(_over(mix, kind, rng), -1, 1)[: mix.size], sorted(spans))


def sounding(samples: Samples) -> list[tuple[int, int]]:
    """Spans of ``samples`` of one voice that are no pause."""
    frames = samples[: samples.size // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES)
    decibels = 10 * np.log10(np.square(frames).mean(1) + 1e-10)
    loud = np.flatnonzero(decibels > np.percentile(decibels, 95) + _FAINTEST_DB)
    pause = _LONGEST_PAUSE_SECONDS * SAMPLE_RATE_HERTZ / _FRAME_SAMPLES
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > pause) + 1)
    return [(int(one[0]) * _FRAME_SAMPLES, int(one[-1] + 1) * _FRAME_SAMPLES) for one in groups if one.size]


def _over(mix: Samples, kind: str, rng: Rng) -> Samples:
    if kind == "noisy":
        return with_noise(mix, rng.uniform(4, 18), rng.uniform(0, 1.5), rng)
    if kind == "telephone":
        return on_telephone(with_noise(mix, rng.uniform(14, 30), 1.0, rng), rng)
    if kind == "mobile":
        return on_mobile(with_noise(mix, rng.uniform(16, 30), 1.0, rng), rng)
    if kind == "room":
        return with_noise(in_room(mix, rng), rng.uniform(10, 25), rng.uniform(0, 1.5), rng)
    if kind == "far room":
        return with_noise(
            in_a_room(mix, rng.uniform(0.5, 1.0), rng), rng.uniform(2, 14), rng.uniform(0, 1.8), rng
        )
    return mix


def _cut(samples: Samples, rng: Rng) -> Samples:
    size = min(samples.size, _samples(rng.uniform(_LEAST_TURN_SECONDS, 9)))
    start = int(rng.integers(0, samples.size - size + 1))
    return at_level(samples[start : start + size])


def _samples(seconds: float) -> int:
    return int(seconds * SAMPLE_RATE_HERTZ)
