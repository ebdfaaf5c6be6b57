"""Giving the voices of a recording names, or the reason why not."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import StrangerReason
from worker.diarization.turns import Span, Turn, solo_spans, spans_of, total_seconds
from worker.diarization.voices import Diarization
from worker.voiceprints.gallery import Gallery
from worker.voiceprints.guards import MOST_CLIPPED_SHARE, QUIETEST_DBFS
from worker.voiceprints.matching import NO_MATCH, Decision, Match
from worker.voiceprints.quality import measure_quality

Samples = NDArray[np.floating[Any]]

LEAST_NAMED_SECONDS: Final = 1.0
"""Less is a guess, whatever it sounds like."""

POOR_SNR_DB: Final = 6.0
"""With less, noise is a good part of what a voice is compared by."""


def match_voices(
    samples: Samples, diarization: Diarization, gallery: Gallery, decision: Decision
) -> dict[str, Match]:
    """For each cluster of turns, the enrolled speaker it sounds like, or the reason why it has none."""
    matches = {}
    turns = diarization.turns
    for cluster in {turn.cluster for turn in turns}:
        voice = diarization.voices.get(cluster)
        match = NO_MATCH if voice is None else gallery.match(voice.point, voice.windows, decision)
        doubt = little_speech(turns, cluster)
        below = match.reason is StrangerReason.BELOW_THRESHOLD
        if doubt is None and below and is_poor(samples, spans_of(turns, cluster)):
            doubt = StrangerReason.POOR_AUDIO
        matches[cluster] = match.unnamed(doubt) if doubt else match
    return recognise_again(matches, gallery, decision)


def recognise_again(matches: Mapping[str, Match], gallery: Gallery, decision: Decision) -> dict[str, Match]:
    """The matches, with names for voices that are likely further pieces of somebody named already.

    Who has been named is known to be there, so that a voice nearest to him need only be told from strangers,
    and not be told so surely as if anybody in the gallery might have come.
    """
    named = {match.speaker_id for match in matches.values() if match.speaker_id}
    return {
        cluster: gallery.as_only_one(match, decision) if match.nearest_id in named else match
        for cluster, match in matches.items()
    }


def little_speech(turns: Sequence[Turn], cluster: str) -> StrangerReason | None:
    """What keeps ``cluster`` from being named, whomever it sounds like."""
    if total_seconds(spans_of(turns, cluster)) < LEAST_NAMED_SECONDS:
        return StrangerReason.TOO_SHORT
    if total_seconds(solo_spans(turns, cluster)) < LEAST_NAMED_SECONDS:
        return StrangerReason.OVERLAP
    return None


def is_poor(samples: Samples, spans: Sequence[Span]) -> bool:
    """Whether the speech in ``spans`` of ``samples`` (num_samples,), 16 kHz, is hard to tell a voice by."""
    quality = measure_quality(samples, spans)
    return (
        quality.snr_db < POOR_SNR_DB
        or quality.level_dbfs < QUIETEST_DBFS
        or quality.clipped_share >= MOST_CLIPPED_SHARE
    )
