"""The voices of a recording that are kept, and strangers among them who were heard before."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from shared.domain import StrangerReason
from shared.services import Services
from shared.store import heard_voices
from shared.store.changes import one_at_a_time
from shared.store.heard_voices import KeptVoice, new_stranger
from shared.store.schema import Job, now
from shared.store.tenants import data_key
from worker.engine import Engine
from worker.recognition import Recognition
from worker.voiceprints.matching import Decision
from worker.voiceprints.strangers import Strangers, is_told

MOST_STRANGERS_VOICES: Final = 20_000
"""A stranger is compared with so many of the newest voices of strangers."""

COMMITTED_LATE: Final = timedelta(seconds=60)
"""What was kept so long before strangers were read may have been committed after, or by another clock."""

_TOLD_BADLY: Final = frozenset({StrangerReason.TOO_SHORT, StrangerReason.OVERLAP})

Kept = dict[str, Any]


def voices_of(job: Job, found: Recognition, labels: Mapping[str, str]) -> list[KeptVoice]:
    """The voices of a recording as they were matched, by the labels of their clusters."""
    return [
        KeptVoice(job.id, labels[cluster], voice.point, voice.windows, found.line)
        for cluster, voice in found.diarization.voices.items()
        if cluster in labels
    ]


class KeptVoices:
    """The voices of one job, which are kept with its result."""

    def __init__(self, services: Services, engine: Engine, job: Job, voices: list[KeptVoice]) -> None:
        """Reads the strangers heard so far, where they are recognised: that takes longest.

        That is decided here for good: who was not looked for among them must not get a label of his own.
        """
        self._services, self._engine, self._job, self._voices = services, engine, job, voices
        settings = services.settings
        decision = Decision(settings.match_target_false_accept, margin=settings.match_margin)
        self._strangers = Strangers(engine.scorer, engine.calibration, decision)
        self._read_at = now()
        with services.store.reading() as session:
            self._recognises = heard_voices.recognised(session, job.tenant_id, settings)
            self._earlier = self._heard(session) if self._recognises else []

    def take_turn(self, session: Session) -> None:
        """Of two recordings that end at once, the second finds the strangers of the first.

        To be called before speakers are locked, as by all who wait for their turn.
        """
        if self._recognises:
            one_at_a_time(session, self._job.tenant_id)

    def keep(self, session: Session, result: Kept) -> Kept:
        """Keep the voices with the result, in which strangers have their labels where they are recognised."""
        called = self._called(session, result) if self._recognises else {}
        key = data_key(session, self._job.tenant_id, self._services.keyring)
        voices = [
            KeptVoice(one.job_id, one.label, one.point, one.windows, one.line, called.get(one.label))
            for one in self._voices
        ]
        heard_voices.keep(session, self._job, voices, model_id=self._engine.model_id, data_key=key)
        segments = [
            one | {"stranger": called[one["label"]]} if one["label"] in called else one
            for one in result["segments"]
        ]
        return result | {"segments": segments}

    def _called(self, session: Session, result: Kept) -> dict[str, str]:
        """Strangers' labels by the voices' own: of those heard before, and new ones."""
        known = {(one.job_id, one.label) for one in self._earlier}
        newer = [one for one in self._heard(session, new=True) if (one.job_id, one.label) not in known]
        strangers = {
            one["label"]
            for one in result["segments"]
            if one["speaker_id"] is None and one["reason"] not in _TOLD_BADLY
        }
        voices = [one for one in self._voices if one.label in strangers and is_told(one)]
        found = self._strangers.known(voices, [*self._earlier, *newer])
        return {one.label: found.get(one.label) or new_stranger() for one in voices}

    def _heard(self, session: Session, *, new: bool = False) -> list[KeptVoice]:
        return heard_voices.strangers(
            session,
            self._job.tenant_id,
            model_id=self._engine.model_id,
            data_key=data_key(session, self._job.tenant_id, self._services.keyring),
            limit=MOST_STRANGERS_VOICES,
            since=self._read_at - COMMITTED_LATE if new else None,
        )
