"""Trials of the decision about a name: voices that nothing was learned from, heard by random galleries.

Of the voices' two halves, each is judged by a space, a cohort and a calibration learned from the other.
Importing this imports torch: `worker.models.runtime.prepare_torch` comes first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from shared.settings import load_settings
from training import hearing
from training.calibration import calibrate
from training.hearing import HeardVoice
from training.projection import learn_space
from training.trials import SIZES, folds, make_cohort, windows_worth
from training.voices import CONDITIONS, Condition, read_voices
from worker.models.embedder import load_embedder
from worker.models.pack import ModelPack
from worker.voiceprints.calibration import Calibration
from worker.voiceprints.gallery import Gallery
from worker.voiceprints.matching import Decision, Match
from worker.voiceprints.scoring import Scorer
from worker.voiceprints.space import VoiceSpace
from worker.voiceprints.voiceprint import Voiceprint

Points = NDArray[np.float32]
Rng = np.random.Generator

OUTER_FOLDS = 2
GALLERIES = 60
HEARD_BY_EACH = 6
"""Strangers, and as many enrolled voices, that each gallery hears in every condition at every length."""

SEED = 11


@dataclass(frozen=True)
class Trial:
    """A voice heard by a gallery, and its match. ``owner`` is who it was, None for a stranger."""

    gallery_size: int
    condition: Condition
    windows: float
    owner: str | None
    match: Match

    def is_right(self) -> bool:
        """Whether the answer was: the enrolled voice's name, and none for a stranger."""
        return self.match.speaker_id == self.owner


@dataclass(frozen=True, eq=False)
class Judges:
    """What decides, learned from voices that it does not judge."""

    space: VoiceSpace
    scorer: Scorer
    calibration: Calibration


def hear_folder(folder: Path) -> list[HeardVoice]:
    """What the embedding network hears of every voice of ``folder``, once in every condition."""
    embedder = load_embedder(ModelPack.open(load_settings().pack_dir))
    with patch.object(hearing, "FURTHER_DRAWS", 0):
        return hearing.hear_voices(embedder, read_voices(folder), SEED)


def run_trials(voices: Sequence[HeardVoice], gallery_sizes: Sequence[int], target: float) -> list[Trial]:
    """Of every fold, for each size of gallery that leaves somebody a stranger."""
    rng = np.random.default_rng(SEED)
    trials: list[Trial] = []
    for train, test in folds(voices, OUTER_FOLDS):
        space = learn_space(train)
        judges = Judges(space, Scorer(space, make_cohort(space, train)), calibrate(train))
        for size in gallery_sizes:
            for _ in range(GALLERIES if size < len(test) else 0):
                order = [test[place] for place in rng.permutation(len(test))]
                trials += _heard_by(judges, order[:size], order[size:], target, rng)
    return trials


def _heard_by(
    judges: Judges, enrolled: Sequence[HeardVoice], strangers: Sequence[HeardVoice], target: float, rng: Rng
) -> Iterator[Trial]:
    """One piece of each length and condition of a few strangers, and of a few of the enrolled."""
    voiceprints = [voiceprint_of(judges.space, voice) for voice in enrolled]
    galleries = {line: Gallery(voiceprints, line, judges.scorer, judges.calibration) for line in Line}
    decision = Decision(target, None, margin=0.0)
    heard = [(voice, voice.name) for voice in enrolled[:HEARD_BY_EACH]]
    heard += [(voice, None) for voice in strangers[:HEARD_BY_EACH]]
    for (voice, owner), condition in product(heard, CONDITIONS):
        points = judges.space.project(voice.conditions[condition.name])
        # An enrolled voice is heard in the half of its recording that it was not enrolled from.
        fit = points if owner is None else points[: len(points) // 2]
        for piece in _pieces(fit, rng):
            windows = windows_worth(len(piece))
            match = galleries[condition.line].match(piece.mean(0), windows, decision)
            yield Trial(len(enrolled), condition, windows, owner, match)


def _pieces(points: Points, rng: Rng) -> Iterator[Points]:
    """One of each length that there is, from anywhere."""
    for size in SIZES:
        if len(points) >= size:
            start = int(rng.integers(len(points) - size + 1))
            yield points[start : start + size]


def voiceprint_of(space: VoiceSpace, voice: HeardVoice) -> Voiceprint:
    """Enrolled from the second half of the recording, as it sounds over every kind of line."""
    rows, num_windows = [], len(voice.exemplars[Line.WIDEBAND])
    for line in Line:
        # The renderings of an exemplar stand one after another.
        renderings = np.split(space.project(voice.exemplars[line]), len(voice.exemplars[line]) // num_windows)
        rows.append(np.concatenate([one[num_windows // 2 :] for one in renderings]).mean(0))
    return Voiceprint(voice.name, np.array(rows, np.float32), windows_worth(num_windows - num_windows // 2))
