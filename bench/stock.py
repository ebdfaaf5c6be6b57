"""pyannote's own diarization pipeline with the networks of the pack: what the engine is measured against."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio.core.plda import PLDA
from pyannote.audio.pipelines import SpeakerDiarization

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.turns import Turn
from worker.models.embedder import load_embedder
from worker.models.pack import ModelPack
from worker.models.segmentation import load_segmentation

BATCH = 32
# What measured best with these networks.
PARAMETERS: dict[str, Any] = {
    "segmentation": {"threshold": 0.44, "min_duration_off": 0.3},
    "clustering": {"method": "centroid", "threshold": 0.45, "min_cluster_size": 15},
}


class StockDiarizer:
    """The stock pipeline, which embeds all three voices of ten times overlapping chunks."""

    def __init__(self, pack: ModelPack, device: torch.device | None = None) -> None:
        self._pipeline = SpeakerDiarization(
            segmentation=load_segmentation(pack),
            embedding=load_embedder(pack),
            plda=_NoPLDA(),
            clustering="AgglomerativeClustering",
            segmentation_batch_size=BATCH,
            embedding_batch_size=BATCH,
        )
        self._pipeline.instantiate(PARAMETERS)
        if device is not None:
            self._pipeline.to(device)

    def diarize(self, samples: NDArray[np.floating[Any]]) -> list[Turn]:
        """Turns by start of ``samples`` (num_samples,), mono, 16 kHz."""
        given = {"waveform": torch.from_numpy(samples).float()[None], "sample_rate": SAMPLE_RATE_HERTZ}
        found = self._pipeline(given).speaker_diarization
        return sorted(
            Turn(segment.start, segment.end, str(label))
            for segment, _, label in found.itertracks(yield_label=True)
        )


class _NoPLDA(PLDA):
    """The pipeline asks for a PLDA when it is made, but this clustering compares angles and uses none."""

    def __init__(self) -> None:
        pass

    def __call__(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        raise NotImplementedError("agglomerative clustering needs no PLDA")
