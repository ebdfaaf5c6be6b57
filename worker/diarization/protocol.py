"""What the stories ask of whatever diarizes; each model pack has its own way of it."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from worker.diarization.anchors import Anchors
from worker.diarization.clustering import Wishes
from worker.diarization.heard import OnProgress
from worker.diarization.turns import Span
from worker.diarization.voices import Diarization

Samples = NDArray[np.floating[Any]]


class Diarizing(Protocol):
    """Hears recordings, (num_samples,), mono, 16 kHz. Not for two threads at a time.

    What ``hear`` returns is the diarizer's own affair, and is given back to its other methods.
    """

    def hear(self, samples: Samples, on_progress: OnProgress | None = None) -> Any:
        """What the networks make of ``samples``."""

    def spoken(self, heard: Any) -> list[Span]:
        """When anybody speaks: sorted, apart."""

    def assemble(
        self, heard: Any, samples: Samples, wishes: Wishes, anchors: Anchors | None = None
    ) -> Diarization:
        """The diarization of ``samples``; one that can holds on to ``anchors`` as it clusters."""

    def second_voice_share(self, heard: Any) -> float | None:
        """Share of the speech that is a second voice's, None if there is none."""

    def diarize(
        self,
        samples: Samples,
        *,
        num_speakers: int | None = None,
        min_speakers: int | None = None,
        max_speakers: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> Diarization:
        """Diarize ``samples``; no turns when nobody speaks.

        Turns of different clusters may overlap. The numbers of speakers are wishes: a recording that is too
        short for them has fewer.
        """
        heard = self.hear(samples, on_progress)
        if on_progress:
            on_progress("clustering", 0.0)
        wishes = Wishes(num_speakers or min_speakers or 1, num_speakers or max_speakers)
        return self.assemble(heard, samples, wishes)

    def embed(self, speech: Samples) -> NDArray[np.float32]:
        """Points (num_points, num_dimensions) of ``speech``, which should be one voice's."""
