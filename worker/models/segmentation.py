"""The segmentation network of a pack: who of a few local voices speaks, frame by frame."""

from typing import Any

import torch
from pyannote.audio.core.task import Problem, Resolution, Specifications
from pyannote.audio.models.segmentation import PyanNet
from safetensors.torch import load_file
from torch import Tensor, nn

from worker.models.pack import ModelPack


def load_segmentation(pack: ModelPack) -> PyanNet:
    """The network in evaluation mode: (batch, 1, num_samples) to (batch, num_frames, num_speakers) in 0…1."""
    spec = pack.manifest.segmentation
    # It was trained with a dropout, which has no part in an evaluation.
    lstm: dict[str, Any] = {
        "hidden_size": spec.lstm_size,
        "num_layers": spec.lstm_layers,
        "bidirectional": True,
    }
    model = PyanNet(
        sincnet={"stride": spec.sincnet_stride},
        lstm=lstm | {"monolithic": True},
        linear={"hidden_size": spec.linear_size, "num_layers": spec.linear_layers},
    )
    model.specifications = Specifications(
        problem=Problem.MULTI_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=spec.chunk_seconds,
        classes=[f"speaker {number}" for number in range(1, spec.num_speakers + 1)],
        permutation_invariant=True,
    )
    model.build()
    model.load_state_dict(load_file(pack.segmentation_weights))
    return model.eval()


class InPieces(nn.Module):
    """A module that is given its batch in parts, so that what it makes on the way is never there at once."""

    def __init__(self, inner: nn.Module, at_once: int) -> None:
        super().__init__()
        self.inner, self._at_once = inner, at_once

    def forward(self, batch: Tensor) -> Tensor:
        """What the module makes of ``batch`` (batch, …)."""
        return torch.cat([self.inner(part) for part in torch.split(batch, self._at_once)])
