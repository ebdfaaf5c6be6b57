"""Diarization error rate: missed and false speech and confused voices, as a share of what is spoken.

Computed by pyannote.metrics, without a collar, overlapped speech scored, voices mapped as fits best.
"""

from collections.abc import Iterable

from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

from worker.diarization.turns import Turn


class DiarizationError:
    """The error of one system, file by file and over all of them."""

    def __init__(self) -> None:
        self._metric = DiarizationErrorRate(collar=0.0, skip_overlap=False)

    def score(self, reference: Iterable[Turn], found: Iterable[Turn], seconds: float) -> float:
        """The error, 0 upwards, on a recording of so many seconds, which counts towards `total`."""
        whole = Timeline([Segment(0, seconds)])
        return float(self._metric(_annotation(reference), _annotation(found), uem=whole))

    @property
    def total(self) -> float:
        """The error over all recordings scored, each by how much is spoken in it."""
        return abs(self._metric)


def _annotation(turns: Iterable[Turn]) -> Annotation:
    annotation = Annotation()
    for number, turn in enumerate(turns):
        annotation[Segment(*turn.span), number] = turn.cluster
    return annotation
