"""The voice space: a learned projection of what the embedding network hears, and how voices spread in it.

Linear discriminant analysis (R. A. Fisher, 1936), centred first, over many voices on many kinds of line, so
that the line matters less and the voice more. In it, voices are modelled as in two-covariance PLDA (N.
Brümmer and E. de Villiers, "The speaker partitioning problem", Odyssey 2010) with diagonal covariances:

    window = voice + line + noise of one window,    each normal, with the variances below.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

WINDOW_SECONDS: Final = 1.6
"""Speech in one window of the embedding network."""

LEAST_WINDOWS: Final = 0.3
"""Even a syllable counts as so much of a window."""


@dataclass(frozen=True, eq=False)
class VoiceSpace:
    """The projection, and variances per dimension of the space, each of shape (num_dimensions,)."""

    mean: Array
    projection: Array
    between_voices: Array
    of_window: Array
    of_line: Array

    def project(self, heard: Array) -> Array:
        """Points (…, num_dimensions) of what the network hears, (…, dimension)."""
        return np.asarray((heard - self.mean) @ self.projection, np.float32)


def windows_of(speech_seconds: float) -> float:
    """How many windows' worth of evidence about a voice is in so much speech."""
    return max(LEAST_WINDOWS, speech_seconds / WINDOW_SECONDS)
