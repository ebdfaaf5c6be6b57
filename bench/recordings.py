"""Recordings to measure with: the packaged conversation once and repeated, and folders of meetings."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from client import Segment
from deploy.demo.conversation import packaged_conversation, read_rttm
from worker.audio.decoding import SAMPLE_RATE_HERTZ, decode
from worker.diarization.turns import Turn

Samples = NDArray[np.float32]

LONGEST_SECONDS = 14_400


def packaged_samples() -> Samples:
    """The packaged conversation, (num_samples,), 16 kHz."""
    return decode(packaged_conversation().audio, max_seconds=60)


def repeated_samples(seconds: float) -> Samples:
    """The packaged conversation over and over, for so long, (num_samples,), 16 kHz."""
    return np.resize(packaged_samples(), round(seconds * SAMPLE_RATE_HERTZ))


def repeated_reference(seconds: float) -> list[Turn]:
    """Who speaks when in `repeated_samples`."""
    once = turns_of(packaged_conversation().reference)
    period = packaged_samples().size / SAMPLE_RATE_HERTZ
    return [
        Turn(start, min(turn.end_seconds + offset, seconds), turn.cluster)
        for offset in np.arange(0, seconds, period).tolist()
        for turn in once
        if (start := turn.start_seconds + offset) < seconds
    ]


def read_meeting(audio: Path) -> tuple[Samples, list[Turn]]:
    """Samples of ``audio``, and who speaks when by the RTTM file beside it."""
    samples = decode(audio.resolve(), max_seconds=LONGEST_SECONDS)
    return samples, turns_of(read_rttm(audio.with_suffix(".rttm")))


def turns_of(segments: Iterable[Segment]) -> list[Turn]:
    """A reference in the form of an answer."""
    return sorted(Turn(one.start_seconds, one.end_seconds, one.speaker_id) for one in segments)
