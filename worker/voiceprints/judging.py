"""What to think of enrolled voices that sound too little, or too much, alike. Knows no store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.review import Agreement, Resemblance, SampleWarning, WarningCode
from worker.voiceprints.calibration import Calibration
from worker.voiceprints.likeness import EnrolledVoice, Likeness, joined, nearest
from worker.voiceprints.scoring import Scorer

LEAST_AGREEMENT: Final = 0.5
"""A sample that is less likely of its speaker's voice than so is likelier somebody else's."""

MOST_OTHERS: Final = 3
"""No more are named whom a sample sounds like."""


@dataclass(frozen=True, eq=False)
class Judge:
    """Decides as an identification would, which gives strangers a name at ``target_false_accept``."""

    scorer: Scorer
    calibration: Calibration
    target_false_accept: float

    def warnings(
        self, sample: EnrolledVoice, earlier: Sequence[EnrolledVoice], others: Sequence[EnrolledVoice]
    ) -> list[SampleWarning]:
        """What is odd about a sample, beside the speaker's ``earlier`` ones and the ``others`` enrolled."""
        found = []
        agreement = self.agreement(sample, earlier)
        if agreement and agreement.confidence < LEAST_AGREEMENT:
            found.append(SampleWarning(WarningCode.DISAGREES_WITH_EARLIER, agreement.score))
        return found + [
            SampleWarning(WarningCode.SOUNDS_LIKE_ANOTHER, alike.score, alike.speaker_id)
            for alike in self._passing(nearest(self.scorer, sample, others), len(others))[:MOST_OTHERS]
        ]

    def agreement(self, sample: EnrolledVoice, rest: Sequence[EnrolledVoice]) -> Agreement | None:
        """How a sample agrees with the ``rest`` of its speaker's; None if there is no other."""
        if not rest:
            return None
        (found,) = nearest(self.scorer, sample, [joined(rest)])
        return Agreement(found.score, self.calibration.confidence(found.score, found.windows, 1))

    def resemblances(self, speaker: EnrolledVoice, others: Sequence[EnrolledVoice]) -> list[Resemblance]:
        """Which of ``others`` would get the name of ``speaker``, or he theirs, if one were looked for."""
        known = {other.speaker_id: other for other in others}
        near = nearest(self.scorer, speaker, others)
        # A score depends a little on which of the two is the one that was enrolled.
        back = [nearest(self.scorer, known[one.speaker_id], [speaker])[0].score for one in near]
        worse = [replace(one, score=max(one.score, other)) for one, other in zip(near, back, strict=True)]
        return self._passing(worse, 1)

    def _passing(self, likenesses: Sequence[Likeness], gallery_size: int) -> list[Resemblance]:
        found = []
        for one in likenesses:
            if one.score >= self.calibration.score_for(self.target_false_accept, one.windows, gallery_size):
                chance = self.calibration.false_accept_probability(one.score, one.windows, 1)
                found.append(Resemblance(one.speaker_id, one.score, chance))
        return found
