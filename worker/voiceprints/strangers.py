"""Is a stranger one who was heard before? Decided as an identification would. Knows no store."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from shared.store.heard_voices import KeptVoice, exemplars_over
from worker.voiceprints.calibration import Calibration
from worker.voiceprints.likeness import EnrolledVoice, joined, nearest
from worker.voiceprints.matching import Decision
from worker.voiceprints.scoring import Scorer

LEAST_WINDOWS: Final = 2.5
"""Whoever says less (4 s) is not known again: two such pieces are far from telling a voice."""


@dataclass(frozen=True, eq=False)
class Strangers:
    """Decides which strangers of a recording were heard before, at the service's rate of false accepts."""

    scorer: Scorer
    calibration: Calibration
    decision: Decision

    def known(self, voices: Sequence[KeptVoice], earlier: Sequence[KeptVoice]) -> dict[str, str]:
        """Strangers' labels by the voices' own; of two voices, which are not one, the surer has a label.

        Voices that say too little have none, and neither have those who were not heard before.
        """
        gallery = [joined([_as_enrolled(one) for one in group]) for group in _by_stranger(earlier)]
        claims = [claim for voice in voices for claim in self._claims(voice, gallery)]
        taken: dict[str, str] = {}
        for _, label, stranger in sorted(claims, key=lambda claim: -claim[0]):
            if label not in taken and stranger not in taken.values():
                taken[label] = stranger
        return taken

    def _claims(self, voice: KeptVoice, gallery: Sequence[EnrolledVoice]) -> list[tuple[float, str, str]]:
        """The score of a voice, its label and a stranger's: none, or one who is near enough."""
        if not gallery or not is_told(voice):
            return []
        found = nearest(self.scorer, _as_enrolled(voice), gallery)
        best = found[0]
        # Who says less is the one whom chance may favour.
        least = self.calibration.score_for(self.decision.target_false_accept, best.windows, len(gallery))
        is_clear = len(found) == 1 or best.score - found[1].score >= self.decision.margin
        return [(best.score, voice.label, best.speaker_id)] if best.score >= least and is_clear else []


def is_told(voice: KeptVoice) -> bool:
    """Whether a voice says enough to be known again."""
    return voice.windows >= LEAST_WINDOWS


def _by_stranger(voices: Sequence[KeptVoice]) -> list[list[KeptVoice]]:
    def stranger(one: KeptVoice) -> str:
        return str(one.stranger)

    return [list(group) for _, group in groupby(sorted(voices, key=stranger), key=stranger)]


def _as_enrolled(voice: KeptVoice) -> EnrolledVoice:
    """A voice that was heard over one line, as if it were enrolled; by his label, if he is a stranger."""
    exemplars = exemplars_over(voice.line, voice.point)
    return EnrolledVoice(voice.stranger or voice.label, exemplars, voice.windows, voice.line)
