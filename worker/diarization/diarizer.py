"""Who speaks when: listen → cluster → resegment → tell apart → reconstruct → keep what is speech."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.diarization.anchors import Anchors
from worker.diarization.clustering import Wishes, cluster_slots
from worker.diarization.evidence import SpeechEvidence, believable
from worker.diarization.groups import Groups
from worker.diarization.halves import second_voice_share
from worker.diarization.heard import Heard, OnProgress
from worker.diarization.listening import Ears
from worker.diarization.protocol import Diarizing
from worker.diarization.reconstruction import reconstruct, spoken
from worker.diarization.resegmentation import resegment
from worker.diarization.simultaneous import tell_apart
from worker.diarization.turns import Span
from worker.diarization.voices import Diarization, hear_voices

Samples = NDArray[np.floating[Any]]
Points = NDArray[np.float32]


class Diarizer(Diarizing):
    """Diarizes recordings with the ears of a model pack. Not for two threads at a time."""

    def __init__(self, ears: Ears) -> None:
        self.ears = ears

    def hear(self, samples: Samples, on_progress: OnProgress | None = None) -> Heard:
        """What the networks make of ``samples`` (num_samples,), mono, 16 kHz."""
        return self.ears.hear(samples, on_progress)

    def spoken(self, heard: Heard) -> list[Span]:
        """When anybody speaks: sorted, apart."""
        return spoken(heard)

    def embed(self, speech: Samples) -> Points:
        """Points (num_windows, num_dimensions) of ``speech`` (num_samples,), which should be one voice's."""
        return self.ears.embed(speech)

    def second_voice_share(self, heard: Heard) -> float | None:
        """Share of the speech that is a second voice's, None if there is none."""
        return second_voice_share(self.ears.space, heard.slots)

    def assemble(
        self, heard: Heard, samples: Samples, wishes: Wishes, anchors: Anchors | None = None
    ) -> Diarization:
        """The diarization of ``samples``, from what was heard of them; ``anchors`` are voices it may hold."""
        space, grouping = self.ears.space, anchors.grouping() if anchors else Groups
        labels = cluster_slots(space, heard.slots, wishes, grouping)
        placed = resegment(space, heard.grid, heard.slots, labels, wishes.least) if labels.size else []
        placed = tell_apart(space, placed)
        turns = reconstruct(heard, placed)
        turns = believable(turns, samples, SpeechEvidence(heard.evidence, heard.grid.frame_seconds))
        return hear_voices(turns, placed, heard.grid)
