"""Training the speech head on simulated conversations."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.conversations import KINDS, Conversation, make_conversation
from training.voices import Voice
from worker.diarization.grid import FrameGrid
from worker.diarization.listening import Ears
from worker.models.speech_head import SpeechHead, head_features

NUM_CONVERSATIONS: Final = 280
SECONDS: Final = 60.0
EPOCHS: Final = 10
BATCH: Final = 32
WEIGHT_DECAY: Final = 0.1
FASTEST: Final = 4e-3
"""Learning rate at its peak."""

_EDGE_SECONDS: Final = 0.05
_CHUNKS_AT_ONCE: Final = 32


def train_head(ears: Ears, voices: Sequence[Voice], seed: int) -> SpeechHead:
    """A head for the segmentation network of ``ears``, whose own head is not used."""
    torch.manual_seed(seed)
    features, wanted, counted = (
        torch.cat(parts) for parts in zip(*_examples(ears, voices, seed), strict=True)
    )
    head = SpeechHead(features.shape[2])
    optimiser = torch.optim.AdamW(head.parameters(), weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * -(-len(features) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, FASTEST, total_steps=steps)
    for _ in range(EPOCHS):
        for rows in torch.split(torch.randperm(len(features)), BATCH):
            loss = nn.functional.binary_cross_entropy_with_logits(
                head(features[rows].float()), wanted[rows], weight=counted[rows]
            )
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return head.eval()


def _examples(ears: Ears, voices: Sequence[Voice], seed: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    rng = np.random.default_rng(seed)
    examples = []
    for number in range(NUM_CONVERSATIONS):
        chosen = rng.choice(len(voices), int(rng.integers(1, 5)), replace=False)
        talk = make_conversation(
            [voices[one] for one in chosen], KINDS[number % len(KINDS)], rng.choice([20.0, SECONDS]), rng
        )
        examples.append(_example(ears, talk))
    return examples


@torch.inference_mode()
def _example(ears: Ears, talk: Conversation) -> tuple[Tensor, Tensor, Tensor]:
    """Features, what is right, and what counts: (num_chunks, num_frames, …) of a conversation."""
    grid = ears.grid
    num_chunks = grid.num_chunks(talk.samples.size)
    frames = np.arange(num_chunks)[:, None] * grid.chunk_step + np.arange(grid.num_frames)
    loudness = torch.from_numpy(ears.loudness(talk.samples, num_chunks)[frames])
    features = []
    for first in range(0, num_chunks, _CHUNKS_AT_ONCE):
        last = min(first + _CHUNKS_AT_ONCE, num_chunks)
        scores, hidden = ears.segment(grid.chunks(talk.samples, first, last))
        features.append(head_features(hidden, scores, loudness[first:last]).half())
    wanted, counted = _labels(talk, grid, grid.total_frames(num_chunks))
    return torch.cat(features), torch.from_numpy(wanted[frames]), torch.from_numpy(counted[frames])


def _labels(
    talk: Conversation, grid: FrameGrid, num_frames: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Whether anybody speaks in each frame; and whether it is clear, which it is not at a turn's edges."""
    middles = grid.first_middle_seconds + np.arange(num_frames) * grid.frame_seconds
    speaks = np.zeros(num_frames, np.float32)
    clear = (middles < talk.samples.size / grid.rate_hertz).astype(np.float32)
    for span in talk.spans:
        start, end = (place / grid.rate_hertz for place in span)
        speaks[(middles >= start) & (middles < end)] = 1
        for edge in (start, end):
            clear[np.abs(middles - edge) < _EDGE_SECONDS] = 0
    return speaks, clear
