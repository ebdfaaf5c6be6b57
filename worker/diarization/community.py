"""Who speaks when, as pyannote's community-1 tells it: listen → count → cluster → reconstruct.

The steps and their parameters are those of pyannote's ``SpeakerDiarization``, and so are the turns; only the
embeddings are computed with less work (`worker.models.resnet34`).
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio.pipelines.clustering import VBxClustering
from pyannote.audio.pipelines.utils import SpeakerDiarizationMixin
from pyannote.core import SlidingWindowFeature

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.anchors import Anchors
from worker.diarization.clustering import Wishes
from worker.diarization.community_ears import CommunityEars, HeardChunks, load_community_ears
from worker.diarization.community_voices import HeardVoices, describe_voices
from worker.diarization.halves import LEAST_SHARE
from worker.diarization.heard import OnProgress
from worker.diarization.protocol import Diarizing
from worker.diarization.turns import Span, Turn
from worker.diarization.voices import Diarization
from worker.models.community_pack import CommunityPack, Tuned

Samples = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]

NOBODY = -2
"""Label of a local voice that does not speak, or that the clustering left over."""


class CommunityDiarizer(Diarizing):
    """Diarizes recordings with the networks of community-1; points are of its PLDA space."""

    def __init__(self, ears: CommunityEars, tuned: Tuned) -> None:
        self.ears = ears
        self._gap_seconds = tuned.segmentation.min_duration_off
        self._clustering = VBxClustering(ears.plda, metric="cosine")
        self._clustering.instantiate(
            {
                "threshold": tuned.clustering.threshold,
                "Fa": tuned.clustering.acoustic_scale,
                "Fb": tuned.clustering.speaker_scale,
            }
        )

    def hear(self, samples: Samples, on_progress: OnProgress | None = None) -> HeardChunks | None:
        """What the networks make of ``samples`` (num_samples,), mono, 16 kHz; None of nothing at all."""
        return self.ears.hear(samples, on_progress) if samples.any() else None

    def spoken(self, heard: HeardChunks | None) -> list[Span]:
        """When anybody speaks: sorted, apart."""
        if heard is None:
            return []
        anybody = SlidingWindowFeature(np.minimum(self._count(heard).data, 1), self.ears.frames)
        found = SpeakerDiarizationMixin.to_annotation(anybody, min_duration_off=self._gap_seconds)
        return [(max(0.0, span.start), span.end) for span in found.get_timeline()]

    def embed(self, speech: Samples) -> NDArray[np.float32]:
        """Points (num_pieces, num_dimensions) of ``speech`` (num_samples,), which should be one voice's."""
        return self.ears.embed(speech)

    def second_voice_share(self, heard: HeardChunks | None) -> float | None:
        """Share of the speech that is a second voice's, None if there is none."""
        if heard is None:
            return None
        labels = self._cluster(heard, 1, None)
        told = labels != NOBODY
        seconds = np.sort(np.bincount(labels[told], heard.speaks.data.sum(1)[told]))[::-1]
        if seconds.size <= 1:
            return None
        share = float(seconds[1] / seconds.sum())
        return share if share >= LEAST_SHARE else None

    def _count(self, heard: HeardChunks) -> SlidingWindowFeature:
        """How many speak in each frame, (total_frames, 1)."""
        return SpeakerDiarizationMixin.speaker_count(heard.speaks, self.ears.frames, warm_up=(0.0, 0.0))

    def assemble(
        self,
        heard: HeardChunks | None,
        samples: Samples,
        wishes: Wishes,
        anchors: Anchors | None = None,  # noqa: ARG002 - the clustering of community-1 takes none
    ) -> Diarization:
        """The diarization of ``samples``, from what was heard of them."""
        if heard is None or not (count := self._count(heard)).data.any():
            return Diarization([], {}, np.zeros((0, 0), np.float32))
        labels = self._cluster(heard, wishes.least, wishes.most)
        if wishes.most:
            count.data = np.minimum(count.data, wishes.most)
        chosen = speaking(heard.speaks, labels, count)
        turns, numbers = self._turns(chosen, samples.size / SAMPLE_RATE_HERTZ)
        return describe_voices(turns, self._voices(heard, labels), numbers)

    def _cluster(self, heard: HeardChunks, least: int, most: int | None) -> Labels:
        """Labels (num_chunks, num_voices) from 0, or NOBODY."""
        speaks = heard.speaks
        num_told = len(self._clustering.filter_embeddings(heard.embeddings, speaks)[0])
        labels = np.zeros(heard.embeddings.shape[:2], np.int64)
        if num_told > 1:
            bounds = min(least, num_told), min(most or num_told, num_told)
            found, _, _ = self._clustering(
                embeddings=heard.embeddings,
                segmentations=speaks,
                num_clusters=bounds[0] if bounds[0] == bounds[1] else None,
                min_clusters=bounds[0],
                max_clusters=bounds[1],
            )
            labels = found.astype(np.int64)
        labels[speaks.data.sum(1) == 0] = NOBODY
        return labels

    def _turns(self, chosen: SlidingWindowFeature, end_seconds: float) -> tuple[list[Turn], dict[str, int]]:
        """Turns by start, and the label that each of their clusters has."""
        found = SpeakerDiarizationMixin.to_annotation(chosen, min_duration_off=self._gap_seconds)
        names = {label: str(number) for number, label in enumerate(found.labels())}
        turns = sorted(
            Turn(segment.start, min(segment.end, end_seconds), names[label])
            for segment, _, label in found.itertracks(yield_label=True)
            if segment.start < end_seconds
        )
        return turns, {name: label for label, name in names.items()}

    def _voices(self, heard: HeardChunks, labels: Labels) -> HeardVoices:
        chunk, voice = np.nonzero(labels != NOBODY)
        return HeardVoices(
            clusters=labels[chunk, voice],
            points=self.ears.points(heard.embeddings[chunk, voice]),
            counted=np.pad(np.cumsum(heard.counts[chunk, :, voice], 1, np.int32), ((0, 0), (1, 0))),
            starts_seconds=chunk * self.ears.window.step,
            frames=self.ears.frames,
        )


def speaking(
    speaks: SlidingWindowFeature, labels: Labels, count: SlidingWindowFeature
) -> SlidingWindowFeature:
    """Who speaks in each frame, (total_frames, num_clusters): as many as ``count``, whom most chunks hear.

    This is ``SpeakerDiarization.reconstruct`` without its array of all chunks, frames and clusters, which
    takes gigabytes for a few hours.
    """
    frames = count.sliding_window
    num_clusters = max(int(labels.max()) + 1, int(count.data.max()))
    heard = np.zeros((len(count.data), num_clusters), np.float32)
    for chunk, (span, voices) in enumerate(speaks):
        first = frames.closest_frame(span.start + frames.duration / 2)
        for cluster in np.unique(labels[chunk][labels[chunk] != NOBODY]):
            own = voices[:, labels[chunk] == cluster].max(1)
            heard[first : first + len(own), cluster] += own
    order = np.argsort(-heard, axis=-1)
    chosen = np.zeros_like(heard)
    np.put_along_axis(chosen, order, (np.arange(num_clusters) < count.data).astype(np.float32), axis=1)
    return SlidingWindowFeature(chosen, frames)


def load_community(folder: Path, device: torch.device) -> CommunityDiarizer:
    """The diarizer of a ``folder`` with community-1's layout, on ``device``. Raises ModelPackError.

    ``CommunityPack.open(folder).model_id`` names the space of its points.
    """
    pack = CommunityPack.open(folder)
    return CommunityDiarizer(load_community_ears(pack, device), pack.config.params)
