"""Embeddings of all voices of a chunk with one pass of WeSpeaker's ResNet34 over it.

pyannote's pipeline sends every (chunk, voice) pair through the whole network. But only its last two layers
know of voices: the statistics pooling weighs frames by a voice's mask. So here the layers before it, the
trunk, run once for each chunk, and the pooling once for each voice that is heard in it.
"""

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[np.float32]

_AT_ONCE_ON_CPU: Final = 1
"""A CPU's cache holds much of what the trunk computes of one chunk: four at once take half as long again."""

_AT_ONCE_ON_GPU: Final = 32


class TrunkEmbedder:
    """Embeds as the network itself does, but with one pass of its trunk for all voices of a chunk."""

    def __init__(self, network: Any) -> None:
        """``network`` is pyannote's ``WeSpeakerResNet34``, on its device."""
        self.network = network.eval()

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        dimension: int = self.network.dimension
        return dimension

    def embed(self, chunks: Array, masks: Array) -> Array:
        """Embeddings (num_chunks, num_voices, dimension) of ``chunks`` (num_chunks, num_samples), 16 kHz.

        ``masks`` (num_chunks, num_voices, num_frames) weigh what counts for a voice; frames may be of any
        length. A voice that nothing counts for is not computed: it gets what the network makes of nothing.
        """
        embeddings = np.tile(self._of_nothing(), (*masks.shape[:2], 1))
        heard = np.asarray(masks.max(2) > 0)
        rows = np.flatnonzero(heard.any(axis=1))
        at_once = _AT_ONCE_ON_CPU if self.network.device.type == "cpu" else _AT_ONCE_ON_GPU
        for first in range(0, rows.size, at_once):
            some = rows[first : first + at_once]
            chunk, voice = np.nonzero(heard[some])
            found = self._pooled(chunks[some], chunk, masks[some[chunk], voice])
            embeddings[some[chunk], voice] = found
        return embeddings

    def embed_whole(self, samples: Array) -> Array:
        """The embedding (dimension,) of ``samples`` (num_samples,), all of which counts."""
        embedding: Array = self.embed(samples[None], np.ones((1, 1, 1), np.float32))[0, 0]
        return embedding

    def _pooled(self, chunks: Array, chunk: NDArray[np.int64], masks: Array) -> Array:
        """Embeddings (num_pairs, dimension) of pairs of a ``chunk`` (num_pairs,) and one of ``masks``."""
        device = self.network.device
        with torch.inference_mode():
            frames = self.network.forward_frames(torch.from_numpy(chunks)[:, None].to(device))
            pairs = frames[torch.from_numpy(chunk).to(device)]
            pooled = self.network.forward_embedding(pairs, weights=torch.from_numpy(masks).to(device))
        embeddings: Array = pooled.cpu().numpy()
        return embeddings

    def _of_nothing(self) -> Array:
        """The embedding (dimension,) of no frames."""
        # The mean and deviation of no frames are zeros, of which the last layer makes its bias.
        bias: Array = self.network.resnet.seg_1.bias.detach().cpu().numpy()
        return bias
