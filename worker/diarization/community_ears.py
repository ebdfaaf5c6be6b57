"""One pass of community-1's networks over a recording: who speaks, and what each voice is like.

Chunks lie as in pyannote's pipeline, so that what it was tuned for holds.
"""

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio.pipelines.speaker_verification import PretrainedSpeakerEmbedding
from pyannote.audio.utils.powerset import Powerset
from pyannote.core import SlidingWindow, SlidingWindowFeature

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.heard import OnProgress
from worker.models.community_checkpoint import load_embedding, load_segmentation
from worker.models.community_pack import EMBEDDING, SEGMENTATION, CommunityPack
from worker.models.resnet34 import TrunkEmbedder
from worker.voiceprints.space import VoiceSpace

Samples = NDArray[np.floating[Any]]
Array = NDArray[np.float32]

_CHUNKS_AT_ONCE: Final = 32


@dataclass(frozen=True, eq=False)
class HeardChunks:
    """What the networks made of a recording.

    ``speaks`` and ``counts`` (num_chunks, num_frames, num_voices) are 1 where a local voice speaks, and where
    it was told by; ``embeddings`` are (num_chunks, num_voices, dimension).
    """

    speaks: SlidingWindowFeature
    counts: Array
    embeddings: Array


class CommunityEars:
    """The networks of community-1, on one device. Not for two threads at a time."""

    def __init__(self, segmentation: Any, embedding: Any, plda: Any, step_share: float, solo: bool) -> None:
        """Chunks begin every ``step_share`` of their length; if ``solo``, overlaps tell no voice."""
        self.segmentation, self.embedder, self.plda, self._solo = (
            segmentation,
            TrunkEmbedder(embedding),
            plda,
            solo,
        )
        task = segmentation.specifications
        self._to_voices = Powerset(len(task.classes), task.powerset_max_classes).to(segmentation.device)
        self.window = SlidingWindow(start=0.0, duration=task.duration, step=step_share * task.duration)
        self.frames: SlidingWindow = segmentation.receptive_field
        self._shortest_share = _shortest_samples(embedding) / (task.duration * SAMPLE_RATE_HERTZ)

    def hear(self, samples: Samples, on_progress: OnProgress | None = None) -> HeardChunks:
        """Listen to ``samples`` (num_samples,), mono, 16 kHz, from beginning to end."""
        parts = []
        for chunks, share in self._batches(samples):
            speaks = self._segment(chunks)
            counts = self._counting(speaks)
            parts.append((speaks, counts, self.embedder.embed(chunks, counts.transpose(0, 2, 1))))
            if on_progress:
                on_progress("listening", share)
        speaks, counts, embeddings = (np.concatenate(kind) for kind in zip(*parts, strict=True))
        return HeardChunks(SlidingWindowFeature(speaks, self.window), counts, embeddings)

    def embed(self, speech: Samples) -> Array:
        """Points (num_pieces, num_dimensions) of the PLDA space of ``speech``, which should be one voice's.

        Pieces are as long as chunks, and at least as long as half of one where there is so much.
        """
        length = round(self.window.duration * SAMPLE_RATE_HERTZ)
        pieces = np.array_split(speech, max(1, round(speech.size / length)))
        embeddings = np.array([self.embedder.embed_whole(piece) for piece in pieces])
        return self.points(embeddings)

    def space(self) -> VoiceSpace:
        """The PLDA space, in which a voice varies by 1, whatever of that is the line's."""
        spread = np.ones(len(self.plda.phi), np.float32)
        between = np.asarray(self.plda.phi, np.float32)
        return VoiceSpace(0 * spread, np.eye(spread.size, dtype=np.float32), between, spread, spread)

    def points(self, embeddings: Array) -> Array:
        """Points (num_embeddings, num_dimensions) of the PLDA space, where a voice varies by 1."""
        return np.asarray(self.plda(embeddings), np.float32)

    def _batches(self, samples: Samples) -> Iterator[tuple[Samples, float]]:
        """Batches of chunks (batch, chunk_samples), the last padded, and the share that each completes."""
        length = round(self.window.duration * SAMPLE_RATE_HERTZ)
        step = round(self.window.step * SAMPLE_RATE_HERTZ)
        num_chunks = 1 + max(0, -(-(samples.size - length) // step))
        for first in range(0, num_chunks, _CHUNKS_AT_ONCE):
            last = min(first + _CHUNKS_AT_ONCE, num_chunks)
            piece = samples[first * step : (last - 1) * step + length]
            padded = np.pad(piece, (0, (last - 1 - first) * step + length - piece.size))
            views = np.lib.stride_tricks.sliding_window_view(padded, length)[::step]
            yield views.astype(np.float32), last / num_chunks

    @torch.inference_mode()
    def _segment(self, chunks: Samples) -> Array:
        scores = self.segmentation(torch.from_numpy(chunks)[:, None].to(self.segmentation.device))
        speaks: Array = self._to_voices(scores).cpu().numpy()
        return speaks

    def _counting(self, speaks: Array) -> Array:
        """Where each voice is told by: where it speaks alone, if that is enough and asked for."""
        if not self._solo:
            return speaks
        alone = speaks * (speaks.sum(2, keepdims=True) < 2)  # noqa: PLR2004 - two are an overlap
        least = math.ceil(speaks.shape[1] * self._shortest_share)
        counting: Array = np.where(alone.sum(1, keepdims=True) > least, alone, speaks)
        return counting


def _shortest_samples(embedding: Any) -> int:
    """How many samples the network needs at least."""
    with warnings.catch_warnings():
        # It is tried with less than there is a standard deviation of.
        warnings.simplefilter("ignore")
        shortest: int = PretrainedSpeakerEmbedding(embedding, device=embedding.device).min_num_samples
    return shortest


def load_community_ears(pack: CommunityPack, device: torch.device) -> CommunityEars:
    """The networks of ``pack`` on ``device``. Raises ModelPackError."""
    parts = pack.config.pipeline.params
    return CommunityEars(
        load_segmentation(pack.folder / SEGMENTATION).to(device),
        load_embedding(pack.folder / EMBEDDING).to(device),
        pack.load_plda(),
        step_share=parts.segmentation_step,
        solo=parts.embedding_exclude_overlap,
    )
