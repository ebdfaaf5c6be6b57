"""Who speaks when: listen → cluster → resegment → tell apart → reconstruct → keep what is speech."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.diarization.clustering import Grouping, Groups, Wishes, cluster_slots
from worker.diarization.evidence import SpeechEvidence, believable
from worker.diarization.heard import Heard, OnProgress
from worker.diarization.listening import Ears
from worker.diarization.reconstruction import reconstruct
from worker.diarization.resegmentation import resegment
from worker.diarization.simultaneous import tell_apart
from worker.diarization.voices import Diarization, hear_voices

Samples = NDArray[np.floating[Any]]


class Diarizer:
    """Diarizes recordings with the ears of a model pack. Not for two threads at a time."""

    def __init__(self, ears: Ears) -> None:
        self.ears = ears

    def diarize(
        self,
        samples: Samples,
        *,
        num_speakers: int | None = None,
        min_speakers: int | None = None,
        max_speakers: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> Diarization:
        """Diarize ``samples`` (num_samples,), mono, 16 kHz; no turns when nobody speaks.

        Turns of different clusters may overlap. The numbers of speakers are wishes: a recording that is too
        short for them has fewer.
        """
        wishes = Wishes(num_speakers or min_speakers or 1, num_speakers or max_speakers)
        heard = self.ears.hear(samples, on_progress)
        if on_progress:
            on_progress("clustering", 0.0)
        return self.assemble(heard, samples, wishes)

    def assemble(
        self, heard: Heard, samples: Samples, wishes: Wishes, grouping: Grouping = Groups
    ) -> Diarization:
        """The diarization of ``samples``, from what was heard of them; ``grouping`` may know voices."""
        space = self.ears.space
        labels = cluster_slots(space, heard.slots, wishes, grouping)
        placed = resegment(space, heard.grid, heard.slots, labels, wishes.least) if labels.size else []
        placed = tell_apart(space, placed)
        turns = reconstruct(heard, placed)
        turns = believable(turns, samples, SpeechEvidence(heard.evidence, heard.grid.frame_seconds))
        return hear_voices(turns, placed, heard.grid)
