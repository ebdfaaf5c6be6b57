"""The decision about a name: what it asks for, what came of it, and who else claims the name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from shared.domain import Candidate, StrangerReason
from worker.voiceprints.scoring import MOST_WINDOWS

RIVAL_MARGIN: Final = 12.0
"""A voice whose score is so far below what the best claim to its name lets expect is somebody else."""

HALF_SCORE_WINDOWS: Final = 2.0
"""From so much speech a voice scores half of what it would from very much."""


@dataclass(frozen=True)
class Decision:
    """How sure a name has to be: a rate of false accepts, or else a least score; and a margin.

    A voice that scores less than ``margin`` nats better for one speaker than for the next is nobody's.
    """

    target_false_accept: float
    least_score: float | None = None
    margin: float = 0.0


@dataclass(frozen=True)
class Match:
    """The outcome of a comparison: ``speaker_id`` is None when the voice was not named.

    ``score`` is that of the nearest candidate for so many ``windows``. ``confidence``, 0 to 1, is how likely
    the answer is right: with a name, that the voice is that speaker's; without, that it is none of those
    looked for, which ``stranger_confidence`` is in either case.
    ``reason`` says why there is no name; ``candidates`` are the nearest speakers, best first.
    """

    speaker_id: str | None
    score: float | None = None
    windows: float = 0.0
    confidence: float | None = None
    reason: StrangerReason | None = None
    candidates: tuple[Candidate, ...] = ()
    stranger_confidence: float | None = None

    @property
    def nearest_id(self) -> str | None:
        """The speaker it is nearest to, if it was compared with any."""
        return self.candidates[0].speaker_id if self.candidates else None

    @property
    def strength(self) -> float:
        """What the score would be from very much speech; minus infinity without a score."""
        return -np.inf if self.score is None else self.score / _share_of_score(max(self.windows, 0.1))

    def unnamed(self, reason: StrangerReason) -> "Match":
        """The same comparison, for a voice that is not to be named."""
        return replace(self, speaker_id=None, reason=reason, confidence=self.stranger_confidence)


NO_MATCH: Final = Match(None, reason=StrangerReason.BELOW_THRESHOLD)
"""Of a voice that there was nothing to compare with."""


def settle_claims(matches: Mapping[str, Match], exclusive: bool) -> dict[str, Match]:
    """The matches of a recording's voices, without names that another of its voices has far better claim to.

    Voices heard over one line score alike, strangers too, and so may all pass. A voice that scores far below
    what the best claim to the same name lets expect of so much speech is therefore a stranger, and its match
    ambiguous; pieces of one voice are nearer. If names are ``exclusive``, only the best claim stands.
    """
    best: dict[str, Match] = {}
    for match in matches.values():
        if match.speaker_id is not None and match.strength > best.get(match.speaker_id, NO_MATCH).strength:
            best[match.speaker_id] = match
    return {
        voice: match.unnamed(StrangerReason.AMBIGUOUS)
        if match.speaker_id is not None and _is_outclaimed(match, best[match.speaker_id], exclusive)
        else match
        for voice, match in matches.items()
    }


def _is_outclaimed(match: Match, best: Match, exclusive: bool) -> bool:
    if match is best or match.score is None:
        return False
    return exclusive or match.score < best.strength * _share_of_score(match.windows) - RIVAL_MARGIN


def _share_of_score(windows: float) -> float:
    """What a voice scores from so much speech, as a share of what it would from very much."""
    told = min(windows, MOST_WINDOWS)
    return told / (told + HALF_SCORE_WINDOWS)
