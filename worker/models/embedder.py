"""The embedding network of a pack: what a voice sounds like, as one vector.

The network is the one of L. Wan et al., "Generalized end-to-end loss for speaker verification" (ICASSP 2018),
fed with mel energies that are not compressed by a logarithm. Loudness therefore matters, and is set first.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio.core.model import Model
from safetensors.torch import load_file
from torch import Tensor, nn
from torchaudio.transforms import MelSpectrogram

from worker.models.pack import EmbeddingSpec, ModelPack

SAMPLE_RATE_HERTZ: Final = 16_000
HOP_SAMPLES: Final = 160
WINDOW_SAMPLES: Final = 400
_MOST_WINDOWS_AT_ONCE: Final = 256
_MASK_ON: Final = 0.5
_NO_LEVEL: Final = 1e-20


class Embedder(Model):
    """A pyannote model, so that a pyannote pipeline can use it, that also embeds whole recordings."""

    def __init__(self, spec: EmbeddingSpec) -> None:
        super().__init__(sample_rate=SAMPLE_RATE_HERTZ, num_channels=1)
        self.window_frames = spec.window_frames
        self.level = 10 ** (spec.level_dbfs / 10)
        self.mel = MelSpectrogram(
            sample_rate=SAMPLE_RATE_HERTZ,
            n_fft=WINDOW_SAMPLES,
            hop_length=HOP_SAMPLES,
            n_mels=spec.num_mels,
            mel_scale="slaney",
            norm="slaney",
            power=2.0,
            pad_mode="constant",
        )
        self.lstm = nn.LSTM(spec.num_mels, spec.lstm_size, spec.lstm_layers, batch_first=True)
        self.linear = nn.Linear(spec.lstm_size, spec.dimension)

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return self.linear.out_features

    def forward(self, waveforms: Tensor, weights: Tensor | None = None) -> Tensor:
        """Unit embeddings (batch, dimension) of ``waveforms`` (batch, 1, num_samples).

        Of each, only the frames count whose weight in ``weights`` (batch, any number of frames) is above a
        half. Where no frame is, the embedding is NaN.
        """
        chosen = _chosen_frames(waveforms, weights)
        audible = chosen.any(1)
        embeddings = waveforms.new_full((len(chosen), self.dimension), torch.nan)
        if audible.any():
            samples, masks = waveforms[audible, 0], chosen[audible]
            energies, levels = self.mel_energies(samples), frame_levels(samples, chosen.shape[1])
            windows = [
                self.windows(energies[item][mask], levels[item][mask]) for item, mask in enumerate(masks)
            ]
            embeddings[audible] = self._mean_of_windows(windows)
        return embeddings

    def mel_energies(self, samples: Tensor) -> Tensor:
        """Mel energies (batch, num_frames, num_mels) of ``samples`` (batch, num_samples), 100 in a second."""
        energies: Tensor = self.mel(samples)
        return energies.transpose(1, 2)

    def embed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unit vector (dimension,) of ``samples`` (num_samples,), 16 kHz, which should be one voice's speech.

        Raises ValueError when there are no samples.
        """
        if not samples.size:
            raise ValueError("there is nothing to embed")
        with torch.inference_mode():
            waveform = torch.from_numpy(np.ascontiguousarray(samples, np.float32)).to(self.device)
            embedding: NDArray[np.float32] = self(waveform[None, None])[0].cpu().numpy()
        return embedding

    def windows(self, energies: Tensor, levels: Tensor) -> Tensor:
        """Half overlapping windows (num_windows, window_frames, num_mels) of one item's chosen frames."""
        # Quiet speech is raised to the level the network was trained at; loud speech is left as it is.
        energies = energies * (self.level / levels.mean().clamp(min=_NO_LEVEL)).clamp(min=1.0)
        size, step = self.window_frames, self.window_frames // 2
        if len(energies) < size:
            energies = energies.repeat(-(-size // len(energies)), 1)[:size]
        starts = torch.arange(0, len(energies) - size + 1, step)
        if int(starts[-1]) + size < len(energies):
            # What is left over at the end makes up a window with the frames before it.
            starts = torch.cat([starts, torch.tensor([len(energies) - size])])
        frames = starts[:, None] + torch.arange(size)
        return energies[frames.to(energies.device)]

    def _mean_of_windows(self, windows: list[Tensor]) -> Tensor:
        parts = torch.split(torch.cat(windows), _MOST_WINDOWS_AT_ONCE)
        vectors = torch.cat([self._embed_windows(part) for part in parts])
        means = [one.mean(0) for one in torch.split(vectors, [len(one) for one in windows])]
        return nn.functional.normalize(torch.stack(means), dim=1)

    def _embed_windows(self, windows: Tensor) -> Tensor:
        return nn.functional.normalize(torch.relu(self.hear(windows)), dim=1)

    def hear(self, windows: Tensor) -> Tensor:
        """What the network makes of ``windows`` (num_windows, window_frames, num_mels), not yet rectified.

        Shape (num_windows, dimension). A voice space is learned on this: it tells voices apart better than
        the rectified, normalised embedding, above all on the telephone (docs/adr/0005).
        """
        _, (hidden, _) = self.lstm(windows)
        heard: Tensor = self.linear(hidden[-1])
        return heard


def load_embedder(pack: ModelPack) -> Embedder:
    """The pack's embedding network, in evaluation mode."""
    model = Embedder(pack.manifest.embedding)
    # The filters of the front end are computed, not stored.
    missing, unexpected = model.load_state_dict(load_file(pack.embedding_weights), strict=False)
    if unexpected or any(not name.startswith("mel.") for name in missing):
        raise ValueError(f"{pack.embedding_weights} holds the weights of another network")
    model.eval()
    return model


def frame_levels(samples: Tensor, num_frames: int) -> Tensor:
    """Mean square (batch, num_frames) of the samples in each hop."""
    padded = nn.functional.pad(samples, (0, max(0, num_frames * HOP_SAMPLES - samples.shape[1])))
    hops = padded[:, : num_frames * HOP_SAMPLES].reshape(len(samples), num_frames, HOP_SAMPLES)
    return hops.square().mean(2)


def _chosen_frames(waveforms: Tensor, weights: Tensor | None) -> Tensor:
    """Mask (batch, num_frames): the weights, whatever their own number of frames, at 100 frames a second."""
    num_frames = waveforms.shape[2] // HOP_SAMPLES + 1
    if weights is None:
        return waveforms.new_ones((len(waveforms), num_frames), dtype=torch.bool)
    chosen = weights > _MASK_ON
    source = (torch.arange(num_frames, device=weights.device) + 0.5) * weights.shape[1] / num_frames
    stretched = chosen[:, source.long()]
    # A mask finer than the frames may fall between them; what it selects is still selected.
    lost = chosen.any(1) & ~stretched.any(1)
    if lost.any():
        nearest = (chosen[lost].int().argmax(1) * num_frames // weights.shape[1]).long()
        stretched[lost.nonzero().squeeze(1), nearest] = True
    return stretched
