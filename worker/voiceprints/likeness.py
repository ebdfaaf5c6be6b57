"""How alike enrolled voices are, by the scores that an identification gives: who is nearest to one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from worker.voiceprints.scoring import LINE_SHARE, OTHER_LINE_SHARE, Comparison, Pieces, Scorer
from worker.voiceprints.voiceprint import combine

Array = NDArray[np.float32]

CLOSELY_COMPARED: Final = 10
"""So many of those that sound most alike are scored."""

_WORST_FIRST: Final = (Line.TELEPHONE, Line.NOISY, Line.WIDEBAND)


@dataclass(frozen=True, eq=False)
class EnrolledVoice:
    """A sample of a speaker, or all of his samples.

    ``exemplars`` (num_lines, num_dimensions) as of a `Voiceprint`; ``windows`` says how much speech stands
    behind them, ``line`` over which most of it came.
    """

    speaker_id: str
    exemplars: Array
    windows: float
    line: Line

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that there is an exemplar of."""
        return tuple(line for line in Line if np.isfinite(self.on(line)).all())

    def on(self, line: Line) -> Array:
        """The exemplar (num_dimensions,) of a line."""
        found: Array = self.exemplars[list(Line).index(line)]
        return found


@dataclass(frozen=True)
class Likeness:
    """Whom a voice was compared with, the score in nats, and the windows of the one that says less."""

    speaker_id: str
    score: float
    windows: float


def joined(samples: Sequence[EnrolledVoice]) -> EnrolledVoice:
    """One speaker's samples as one voice. Raises ValueError when there is none."""
    windows = [sample.windows for sample in samples]
    exemplars = combine([sample.exemplars for sample in samples], windows)
    longest = max(samples, key=lambda sample: sample.windows)
    return EnrolledVoice(longest.speaker_id, exemplars, sum(windows), longest.line)


def nearest(scorer: Scorer, voice: EnrolledVoice, others: Iterable[EnrolledVoice]) -> list[Likeness]:
    """The few of ``others`` that sound most like ``voice``, best first."""
    groups: dict[tuple[Line, Line], list[EnrolledVoice]] = defaultdict(list)
    for other in others:
        groups[_meeting(voice, other)].append(other)
    found = [one for lines, group in groups.items() for one in _over(scorer, voice, group, *lines)]
    return sorted(found, key=lambda one: -one.score)[:CLOSELY_COMPARED]


def _meeting(one: EnrolledVoice, other: EnrolledVoice) -> tuple[Line, Line]:
    """The exemplars that two voices are compared by: of one line, the worse of their own, if both have it."""
    wanted = next(line for line in _WORST_FIRST if line in {one.line, other.line})
    both = [line for line in Line if line in one.lines and line in other.lines]
    if not both:
        return one.line, other.line
    line = wanted if wanted in both else both[0]
    return line, line


def _over(
    scorer: Scorer, voice: EnrolledVoice, others: Sequence[EnrolledVoice], line: Line, others_line: Line
) -> list[Likeness]:
    point = voice.on(line)
    points = np.array([other.on(others_line) for other in others], np.float32)
    windows = np.array([other.windows for other in others], np.float32)
    share = LINE_SHARE if line is others_line else OTHER_LINE_SHARE
    ratios = Comparison(scorer.space, Pieces(points, windows), share).ratios(point, voice.windows)
    rows = np.argsort(-ratios, kind="stable")[:CLOSELY_COMPARED]
    pieces = Pieces(points[rows], windows[rows])
    scores = scorer.normalised(ratios[rows], point, voice.windows, pieces, line)
    return [
        Likeness(others[row].speaker_id, float(score), min(voice.windows, others[row].windows))
        for row, score in zip(rows, scores, strict=True)
    ]
