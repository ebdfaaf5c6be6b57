"""Learning a voice space: linear discriminant analysis, and the variances of what remains."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.hearing import HeardVoice
from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float64]

NUM_DIMENSIONS: Final = 64
SHRINKAGE: Final = 0.02
"""Share of an even spread that is added to the covariance within voices, which few windows tell badly."""

_PIECE_WINDOWS: Final = 2
_LEAST_WINDOWS: Final = 3


def learn_space(voices: Sequence[HeardVoice]) -> VoiceSpace:
    """The space that tells ``voices`` apart, on whatever line each of them is heard."""
    pieces, owners = _pieces(voices)
    found = discriminants(pieces, owners, NUM_DIMENSIONS)
    mean, projection = (np.asarray(one, np.float32) for one in found)
    nothing = np.zeros(0, np.float32)
    return VoiceSpace(
        mean, projection, *_variances(VoiceSpace(mean, projection, nothing, nothing, nothing), voices)
    )


def discriminants(points: Array, owners: NDArray[np.int64], num_dimensions: int) -> tuple[Array, Array]:
    """Mean and projection of Fisher's discriminants: projected, the points of an owner have unit variance."""
    mean = points.mean(0)
    centred = points - mean
    counts = np.bincount(owners)
    means = np.zeros((counts.size, centred.shape[1]))
    np.add.at(means, owners, centred)
    means /= counts[:, None]
    residuals = centred - means[owners]
    within = residuals.T @ residuals / len(points)
    within += SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
    between = (means.T * counts) @ means / len(points)
    whitening = np.linalg.inv(np.linalg.cholesky(within))
    directions = np.linalg.eigh(whitening @ between @ whitening.T)[1][:, ::-1][:, :num_dimensions]
    projection = whitening.T @ directions
    # Eigenvectors have no sign of their own.
    return mean, projection * np.sign(projection[np.abs(projection).argmax(0), np.arange(num_dimensions)])


def _pieces(voices: Sequence[HeardVoice]) -> tuple[Array, NDArray[np.int64]]:
    pieces, owners = [], []
    for owner, voice in enumerate(voices):
        for heard in (*voice.conditions.values(), *voice.more):
            whole = heard[: len(heard) // _PIECE_WINDOWS * _PIECE_WINDOWS]
            pieces.append(whole.reshape(-1, _PIECE_WINDOWS, heard.shape[1]).mean(1, dtype=np.float64))
            owners += [owner] * len(pieces[-1])
    return np.concatenate(pieces), np.array(owners)


def _variances(space: VoiceSpace, voices: Sequence[HeardVoice]) -> list[NDArray[np.float32]]:
    """Between voices, of a window about its recording, and of a recording about its voice."""
    of_window, of_line, centres = [], [], []
    for voice in voices:
        points = [space.project(heard) for heard in (*voice.conditions.values(), *voice.more)]
        means = np.array([one.mean(0) for one in points])
        centres.append(means.mean(0))
        of_line.append(means.var(0))
        # Every other window, so that they do not overlap.
        of_window += [one[::2].var(0, ddof=1) for one in points if len(one[::2]) >= _LEAST_WINDOWS]
    variances = (np.var(centres, axis=0), np.mean(of_window, axis=0), np.mean(of_line, axis=0))
    return [np.asarray(one, np.float32) for one in variances]
