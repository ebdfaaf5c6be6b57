"""One pass of the networks over a recording: who of a few local voices speaks, and what each sounds like.

pyannote's pipeline embeds every (chunk, voice) pair of heavily overlapping chunks from the samples up, also
where nobody speaks. Here chunks overlap by half, mel energies are computed once, and only slots in which
somebody speaks are embedded, all windows of many chunks in one batch.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from worker.diarization.grid import FrameGrid
from worker.diarization.heard import Heard, HeardSlot, OnProgress
from worker.diarization.slots import Slot, find_slots
from worker.models.embedder import HOP_SAMPLES, Embedder, frame_levels, load_embedder
from worker.models.learned import Learned
from worker.models.pack import ModelPack
from worker.models.segmentation import InPieces, load_segmentation
from worker.models.speech_head import (
    SpeechHead,
    frame_decibels,
    head_features,
    log_odds,
    loudness_features,
)
from worker.voiceprints.space import VoiceSpace

Samples = NDArray[np.floating[Any]]
# Recurrent layers are about twice as fast in batches as large as this; larger ones only take memory.
_CHUNKS_AT_ONCE: Final = 32
_WINDOWS_AT_ONCE: Final = 96
# Filtered samples are the largest arrays by far, and are filtered no faster in larger batches.
_FILTERED_AT_ONCE: Final = 8
_MARGIN_FRAMES: Final = 2
_HEAD_SHARE: Final = 0.7
_MELS_PER_SECOND: Final = 100


class Ears:
    """The networks of a pack, on one device. Not for two threads at a time."""

    def __init__(self, segmentation: Any, head: SpeechHead, embedder: Embedder, space: VoiceSpace) -> None:
        self.segmentation, self.head, self.embedder, self.space = segmentation, head, embedder, space
        self.grid = grid_of(segmentation)
        segmentation.sincnet = InPieces(segmentation.sincnet, _FILTERED_AT_ONCE)
        self._hidden: list[Tensor] = []
        # The head reads what the last layer gets.
        segmentation.classifier.register_forward_pre_hook(lambda _, given: self._hidden.append(given[0]))

    @torch.inference_mode()
    def hear(self, samples: Samples, on_progress: OnProgress | None = None) -> Heard:
        """Listen to ``samples`` (num_samples,), mono, 16 kHz, from beginning to end."""
        grid = self.grid
        num_chunks = grid.num_chunks(samples.size)
        loudness = self.loudness(samples, num_chunks)
        scores, odds, slots = [], [], []
        if on_progress:
            on_progress("listening", 0.0)
        for first, last in _batches(num_chunks):
            batch, hidden = self.segment(grid.chunks(samples, first, last))
            odds.append(self._head_odds(batch, hidden, loudness, first))
            scores.append(batch.cpu().numpy())
            slots += self._embed(samples, list(find_slots(scores[-1], first, grid)))
            if on_progress:
                on_progress("listening", last / num_chunks)
        return self._heard(np.concatenate(scores), np.concatenate(odds), slots, samples.size)

    def segment(self, chunks: Samples) -> tuple[Tensor, Tensor]:
        """Scores of ``chunks`` (batch, chunk_samples), and the last hidden layer: (batch, num_frames, …)."""
        device = next(self.segmentation.parameters()).device
        self._hidden.clear()
        scores: Tensor = self.segmentation(torch.from_numpy(chunks)[:, None].to(device))
        return scores, self._hidden.pop()

    def loudness(self, samples: Samples, num_chunks: int) -> NDArray[np.float32]:
        """Features of loudness of every frame of the recording, (total_frames, NUM_LOUDNESS)."""
        grid = self.grid
        middle = round(grid.first_middle_seconds * grid.rate_hertz)
        decibels = frame_decibels(samples, grid.total_frames(num_chunks), grid.frame_samples, middle)
        return loudness_features(decibels, samples.size // grid.frame_samples)

    def embed(self, speech: Samples) -> NDArray[np.float32]:
        """Points (num_windows, num_dimensions) of ``speech`` (num_samples,), which should be one voice's."""
        with torch.inference_mode():
            energies, levels = self._energies(speech, 0, -(-speech.size // HOP_SAMPLES))
            return self._points([self.embedder.windows(energies, levels)])[0]

    def _head_odds(
        self, scores: Tensor, hidden: Tensor, loudness: NDArray[np.float32], first: int
    ) -> NDArray[np.float32]:
        starts = (first + np.arange(len(scores))) * self.grid.chunk_step
        frames = starts[:, None] + np.arange(self.grid.num_frames)
        features = head_features(hidden, scores, torch.from_numpy(loudness[frames]).to(hidden.device))
        odds: NDArray[np.float32] = self.head(features).cpu().numpy()
        return odds

    def _heard(
        self, scores: NDArray[np.float32], odds: NDArray[np.float32], slots: list[HeardSlot], num_samples: int
    ) -> Heard:
        ordered = np.sort(scores, axis=2)[:, :, ::-1]
        top = self.grid.overlap_mean(ordered[:, :, :2])
        heads = self.grid.overlap_mean(np.asarray(1 / (1 + np.exp(-odds)), np.float32))
        return Heard(
            grid=self.grid,
            scores=scores,
            speech=_blend(heads, top[:, 0]),
            overlap=top[:, 1],
            evidence=top[:, 0],
            slots=slots,
            duration_seconds=num_samples / self.grid.rate_hertz,
        )

    def _embed(self, samples: Samples, slots: Sequence[Slot]) -> list[HeardSlot]:
        if not slots:
            return []
        origin = slots[0].chunk * self.grid.step_samples // HOP_SAMPLES
        stop = (slots[-1].chunk * self.grid.step_samples + self.grid.chunk_samples) // HOP_SAMPLES
        energies, levels = self._energies(samples, origin, min(stop, samples.size // HOP_SAMPLES + 1))
        frames = [self._mel_frames(slot, origin, len(energies)) for slot in slots]
        points = self._points([self.embedder.windows(energies[own], levels[own]) for own in frames])
        return [
            HeardSlot(slot, own, len(mels) / _MELS_PER_SECOND)
            for slot, own, mels in zip(slots, points, frames, strict=True)
        ]

    def _energies(self, samples: Samples, first: int, last: int) -> tuple[Tensor, Tensor]:
        """Mel energies (last − first, num_mels) and levels (last − first,) of a span of mel frames."""
        before = min(first, _MARGIN_FRAMES)
        piece = samples[(first - before) * HOP_SAMPLES : (last + _MARGIN_FRAMES) * HOP_SAMPLES]
        given = torch.from_numpy(np.ascontiguousarray(piece, np.float32))[None].to(self.embedder.device)
        span = slice(before, before + last - first)
        energies = self.embedder.mel_energies(given)[0, span]
        return energies, frame_levels(given, before + last - first)[0, before:][: len(energies)]

    def _mel_frames(self, slot: Slot, origin: int, num_frames: int) -> NDArray[np.int64]:
        """Which mel frames, counted from ``origin``, lie within the frames that tell the slot's voice."""
        told = np.flatnonzero(slot.telling)
        start_seconds = self.grid.first_middle_seconds + (
            (slot.chunk * self.grid.chunk_step + told - 0.5) * self.grid.frame_seconds
        )
        first = np.round(start_seconds * _MELS_PER_SECOND).astype(np.int64) - origin
        marked = np.zeros(num_frames, np.bool_)
        for offset in (0, 1):
            marked[np.clip(first + offset, 0, num_frames - 1)] = True
        return np.flatnonzero(marked)

    def _points(self, windows: Sequence[Tensor]) -> list[NDArray[np.float32]]:
        parts = torch.split(torch.cat(list(windows)), _WINDOWS_AT_ONCE)
        heard = torch.cat([self.embedder.hear(part) for part in parts]).cpu().numpy()
        ends = np.cumsum([len(one) for one in windows])[:-1]
        return np.split(self.space.project(heard), ends)


def _batches(num_chunks: int) -> Iterator[tuple[int, int]]:
    """First and last chunk of batches as large as each other, since a small one costs nearly as much."""
    number = -(-num_chunks // _CHUNKS_AT_ONCE)
    edges = [num_chunks * place // number for place in range(number + 1)]
    yield from pairwise(edges)


def grid_of(segmentation: Any) -> FrameGrid:
    """The frames of a segmentation network, with chunks that overlap by half."""
    field = segmentation.receptive_field
    rate = segmentation.hparams.sample_rate
    chunk_samples = round(segmentation.specifications.duration * rate)
    num_frames = segmentation.num_frames(chunk_samples)
    return FrameGrid(
        rate_hertz=rate,
        chunk_samples=chunk_samples,
        num_frames=num_frames,
        frame_samples=round(field.step * rate),
        first_middle_seconds=field.start + field.duration / 2,
        chunk_step=num_frames // 2 + 2,
    )


def _blend(heads: NDArray[np.float32], scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of log odds: where head and network differ, the surer one decides."""
    both = _HEAD_SHARE * log_odds(torch.from_numpy(heads)) + (1 - _HEAD_SHARE) * log_odds(
        torch.from_numpy(scores)
    )
    blended: NDArray[np.float32] = torch.sigmoid(both).numpy()
    return blended


def load_ears(pack: ModelPack, learned: Learned, device: torch.device) -> Ears:
    """The networks of a pack, on ``device``."""
    segmentation, embedder = load_segmentation(pack).to(device), load_embedder(pack).to(device)
    return Ears(segmentation, learned.head.to(device), embedder, learned.space)
