"""A gallery of voices made up here, and what its scores are worth."""

import numpy as np

from shared.domain import Line
from tests.unit.voices import space, voice
from worker.voiceprints.calibration import Calibration
from worker.voiceprints.gallery import Gallery
from worker.voiceprints.scoring import Cohort, Pieces, Scorer
from worker.voiceprints.voiceprint import Voiceprint

ANN, BOB = 1, 2
_OTHERS = Pieces(np.stack([voice(number) for number in range(10, 40)]), np.full(30, 8, np.float32))
SCORER = Scorer(space(), Cohort([_OTHERS] * len(Line), [_OTHERS] * len(Line)))
_ODDS = ([0, -4], [0.6, 0.8], [-1, -1]), ([0, -4], [0.6, 0.8], [-0.5, -0.5])
CALIBRATION = Calibration(
    *(np.array(pair, np.float32) for pair in ([1, 8], [2, 4], [1, 2], *_ODDS[0], *_ODDS[1]))
)


def voiceprint(name: str, number: int, lines: tuple[Line, ...] = tuple(Line)) -> Voiceprint:
    """A speaker with exemplars for some lines."""
    rows = [voice(number) if line in lines else np.full(voice(number).size, np.nan) for line in Line]
    return Voiceprint(name, np.array(rows, np.float32), 8)


def gallery(*voiceprints: Voiceprint, line: Line = Line.WIDEBAND) -> Gallery:
    """For a recording that came over ``line``."""
    return Gallery(voiceprints, line, SCORER, CALIBRATION)
