"""One pass of the trunk for all voices of a chunk gives the embeddings of a pass for each."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.models.random_community import random_embedding
from worker.models.resnet34 import TrunkEmbedder

if TYPE_CHECKING:
    from pyannote.audio.models.embedding import WeSpeakerResNet34

RATE = 16_000
Array = NDArray[np.float32]


@pytest.fixture(scope="module")
def network(device: torch.device, conversation: Array) -> "WeSpeakerResNet34":
    torch.manual_seed(0)
    return random_embedding(conversation[5 * RATE : 10 * RATE]).to(device)


@pytest.fixture(scope="module")
def chunks(conversation: Array) -> Array:
    """Three chunks of two seconds, (3, num_samples)."""
    return conversation[6 * RATE : 12 * RATE].reshape(3, -1)


@pytest.fixture(scope="module")
def masks() -> Array:
    """Of three voices, (3, 3, num_frames): first two of them speak, then nobody, then all."""
    masks = np.zeros((3, 3, 117), np.float32)
    masks[0, 0, 10:60] = masks[0, 2, 40:] = 1
    masks[2, :, 30:90] = np.random.default_rng(0).uniform(0, 1, (3, 60))
    return masks


@pytest.fixture(scope="module")
def embeddings(network: "WeSpeakerResNet34", chunks: Array, masks: Array) -> Array:
    return TrunkEmbedder(network).embed(chunks, masks)


def one_by_one(network: "WeSpeakerResNet34", chunks: Array, masks: Array) -> Array:
    """As pyannote's pipeline does it: every pair of a chunk and a voice goes through the whole network."""
    given = torch.from_numpy(chunks).repeat_interleave(masks.shape[1], 0)[:, None]
    with torch.inference_mode():
        found: Array = network(given, weights=torch.from_numpy(masks).flatten(0, 1)).numpy()
    return found.reshape(*masks.shape[:2], -1)


def trunk_passes(network: "WeSpeakerResNet34", chunks: Array, masks: Array) -> int:
    """How many chunks the trunk sees."""
    seen: list[int] = []
    hook = network.resnet.layer1.register_forward_hook(lambda _, given, __: seen.append(len(given[0])))
    TrunkEmbedder(network).embed(chunks, masks)
    hook.remove()
    return sum(seen)


def test_embeddings_are_those_of_the_whole_network(
    network: "WeSpeakerResNet34", chunks: Array, masks: Array, embeddings: Array
) -> None:
    assert np.abs(embeddings - one_by_one(network, chunks, masks)).max() < 1e-5


def test_voices_of_a_chunk_have_embeddings_of_their_own(embeddings: Array) -> None:
    assert np.abs(embeddings[0, 0] - embeddings[0, 2]).max() > 0.1


def test_the_trunk_sees_a_chunk_once(network: "WeSpeakerResNet34", chunks: Array, masks: Array) -> None:
    assert trunk_passes(network, chunks[2:], masks[2:]) == 1


def test_the_trunk_does_not_see_a_chunk_without_voices(
    network: "WeSpeakerResNet34", chunks: Array, masks: Array
) -> None:
    assert trunk_passes(network, chunks[1:2], masks[1:2]) == 0


def test_a_whole_recording_counts_where_there_is_no_mask(network: "WeSpeakerResNet34", chunks: Array) -> None:
    with torch.inference_mode():
        expected = network(torch.from_numpy(chunks[:1])[:, None])[0].numpy()
    assert TrunkEmbedder(network).embed_whole(chunks[0]) == pytest.approx(expected, abs=1e-5)
