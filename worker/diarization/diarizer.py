"""Turn samples into turns with pyannote's diarization pipeline and the networks of a pack."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio import Inference
from pyannote.audio.core.plda import PLDA
from pyannote.audio.pipelines import SpeakerDiarization
from pyannote.core import SlidingWindowFeature

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.evidence import SpeechEvidence, believable
from worker.diarization.splinters import join_echoes, join_splinters
from worker.diarization.turns import Turn
from worker.models.embedder import load_embedder
from worker.models.pack import DiarizationSpec, ModelPack
from worker.models.segmentation import load_segmentation

OnProgress = Callable[[str, float], None]
"""Called with the name of a stage and the share of it that is done, from 0 to 1."""

_BATCH: Final = 32


class Diarizer:
    """The pack's networks, loaded once and kept on ``device``. Not for two threads at a time."""

    def __init__(self, pack: ModelPack, device: torch.device) -> None:
        self.segmentation = load_segmentation(pack)
        self.embedder = load_embedder(pack)
        self._pipeline = SpeakerDiarization(
            segmentation=self.segmentation,
            embedding=self.embedder,
            plda=_NoPLDA(),
            clustering="AgglomerativeClustering",
            segmentation_batch_size=_BATCH,
            embedding_batch_size=_BATCH,
        )
        self._pipeline.instantiate(_parameters(pack.manifest.diarization))
        self._gap_seconds = pack.manifest.diarization.min_duration_off_seconds
        self._pipeline.to(device)

    def diarize(
        self,
        samples: NDArray[np.float32],
        *,
        num_speakers: int | None = None,
        min_speakers: int | None = None,
        max_speakers: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> list[Turn]:
        """Turns by start of ``samples`` (num_samples,), mono, 16 kHz; empty when nobody speaks.

        Turns of different clusters may overlap. The numbers of speakers are wishes: a recording that is too
        short for them has fewer. Without a wish for more, pieces of one voice are joined.
        """
        if not samples.any():
            return []
        listener = _Listener(on_progress)
        output = self._pipeline(
            {"waveform": torch.from_numpy(samples)[None], "sample_rate": SAMPLE_RATE_HERTZ},
            num_speakers=num_speakers,
            min_speakers=min_speakers,
            max_speakers=max_speakers,
            hook=listener,
        )
        evidence = _evidence(listener.segmentation, self.segmentation.receptive_field)
        turns = _turns(output.speaker_diarization, samples.size / SAMPLE_RATE_HERTZ)
        turns = believable(turns, samples, evidence)
        if num_speakers or (min_speakers or 1) > 1:
            return turns
        turns = join_echoes(turns, self._gap_seconds)
        return join_splinters(turns, _centroids(output), self._gap_seconds)


class _NoPLDA(PLDA):
    """The pipeline asks for a PLDA when it is made, but this clustering compares angles and uses none."""

    def __init__(self) -> None:
        pass

    def __call__(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        raise NotImplementedError("agglomerative clustering needs no PLDA")


def _parameters(spec: DiarizationSpec) -> dict[str, Any]:
    return {
        "segmentation": {
            "threshold": spec.segmentation_threshold,
            "min_duration_off": spec.min_duration_off_seconds,
        },
        "clustering": {
            "method": spec.clustering_method,
            "threshold": spec.clustering_threshold,
            "min_cluster_size": spec.min_cluster_size,
        },
    }


class _Listener:
    """Hears how far the pipeline is, and keeps the segmentation scores that it passes by."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self.on_progress = on_progress
        self.segmentation: Any = None

    def __call__(
        self, stage: str, artifact: object, *, completed: int = 1, total: int = 1, **_others: object
    ) -> None:
        if stage == "segmentation" and artifact is not None:
            self.segmentation = artifact
        if self.on_progress:
            self.on_progress(stage, completed / max(1, total))


def _evidence(segmentation: SlidingWindowFeature, frames: Any) -> SpeechEvidence:
    """Mean over overlapping chunks of the surest voice's score.

    ``segmentation`` is (num_chunks, num_frames, num_speakers) and ``frames`` are the network's.
    """
    surest = SlidingWindowFeature(segmentation.data.max(2, keepdims=True), segmentation.sliding_window)
    scores = Inference.aggregate(surest, frames, missing=0.0)
    return SpeechEvidence(np.asarray(scores.data, np.float32)[:, 0], float(scores.sliding_window.step))


def _centroids(output: Any) -> dict[str, NDArray[np.float32]]:
    """Mean embedding (dimension,) of each cluster, zero where it has none."""
    labels = output.speaker_diarization.labels()
    return {
        str(label): np.nan_to_num(row) for label, row in zip(labels, output.speaker_embeddings, strict=True)
    }


def _turns(annotation: Any, duration_seconds: float) -> list[Turn]:
    # The last chunk is padded, and a turn may run on into the padding.
    turns = [
        Turn(max(0.0, segment.start), min(segment.end, duration_seconds), str(label))
        for segment, _, label in annotation.itertracks(yield_label=True)
    ]
    return sorted(turn for turn in turns if turn.start_seconds < turn.end_seconds)
