"""Echoes: where the segmentation network hears two voices in one, the second is no speaker."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from worker.diarization.turns import Span, Turn, overlap_seconds, solo_spans, spans_of, total_seconds

LEAST_SOLO_SECONDS: Final = 0.4
"""A voice heard alone for less than this has nothing of its own to be told by."""

ECHO_SHARE: Final = 0.2
"""A voice never heard alone, and so much shorter than the one it goes along with, is that voice's echo."""


def join_echoes(turns: Sequence[Turn], gap_seconds: float) -> list[Turn]:
    """The turns without voices that only ever go along with a much longer one: they become part of it."""
    for cluster in _by_length(turns):
        if total_seconds(solo_spans(turns, cluster)) >= LEAST_SOLO_SECONDS:
            continue
        own = spans_of(turns, cluster)
        host = _companion(turns, cluster, own)
        if host and total_seconds(own) < ECHO_SHARE * total_seconds(spans_of(turns, host)):
            turns = join(turns, cluster, host, gap_seconds)
    return list(turns)


def join(turns: Sequence[Turn], cluster: str, into: str, gap_seconds: float) -> list[Turn]:
    """The turns with those of ``cluster`` given to ``into``, whose turns less than a gap apart are joined."""
    kept: list[Turn] = []
    own: list[Turn] = []
    for turn in sorted(turns):
        if turn.cluster not in {cluster, into}:
            kept.append(turn)
        elif own and turn.start_seconds - own[-1].end_seconds <= gap_seconds:
            own[-1] = replace(own[-1], end_seconds=max(own[-1].end_seconds, turn.end_seconds))
        else:
            own.append(replace(turn, cluster=into))
    return sorted(kept + own)


def _by_length(turns: Sequence[Turn]) -> list[str]:
    """Clusters, the one that speaks least first."""
    clusters = sorted({turn.cluster for turn in turns})
    return sorted(clusters, key=lambda cluster: total_seconds(spans_of(turns, cluster)))


def _companion(turns: Sequence[Turn], cluster: str, own: Sequence[Span]) -> str | None:
    """Who speaks most while ``cluster`` does, if anybody."""
    shared = {
        other: sum(overlap_seconds(mine, theirs) for mine in own for theirs in spans_of(turns, other))
        for other in _by_length(turns)
        if other != cluster
    }
    host = max(shared, key=lambda other: shared[other], default=None)
    return host if host and shared[host] > 0 else None
