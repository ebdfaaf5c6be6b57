"""Who speaks when in a recording, by name: hear → tell the line → cluster → match."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from worker.diarization.clustering import Wishes
from worker.diarization.heard import OnProgress
from worker.diarization.voices import Diarization
from worker.engine import Engine
from worker.voiceprints.gallery import Gallery
from worker.voiceprints.lines import line_of
from worker.voiceprints.matching import Decision, Match, settle_claims
from worker.voiceprints.naming import match_voices
from worker.voiceprints.voiceprint import Voiceprint

Samples = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Recognition:
    """Turns and voices of a recording, what each voice was taken for, and the line it came over."""

    diarization: Diarization
    matches: Mapping[str, Match]
    line: Line


def recognise(
    engine: Engine,
    samples: Samples,
    voiceprints: Sequence[Voiceprint],
    decision: Decision,
    *,
    wishes: Wishes,
    exclusive: bool,
    on_progress: OnProgress,
) -> Recognition:
    """Who speaks when in ``samples`` (num_samples,), mono, 16 kHz."""
    heard = engine.diarizer.hear(samples, on_progress)
    on_progress("clustering", 0.0)
    line = line_of(samples, engine.diarizer.spoken(heard))
    gallery = Gallery(voiceprints, line, engine.scorer, engine.calibration)
    diarization = engine.diarizer.assemble(heard, samples, wishes, gallery.anchors())
    on_progress("matching", 0.0)
    matches = match_voices(samples, diarization, gallery, decision)
    return Recognition(diarization, settle_claims(matches, exclusive), line)
