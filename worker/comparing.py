"""Strangers of earlier jobs compared with a speaker, as an identification of their recordings would today."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import select

from shared.domain import Line, StrangerReason
from shared.services import Services
from shared.store import heard_voices
from shared.store.changes import ChangeLog
from shared.store.heard_voices import KeptVoice
from shared.store.schema import Job
from worker.engine import Engine
from worker.identification import decision_of, load_voiceprints
from worker.voiceprints.gallery import Gallery
from worker.voiceprints.matching import Match, settle_claims
from worker.voiceprints.naming import recognise_again

GALLERIES_KEPT: Final = 8
"""Each may hold the voiceprints of all speakers of a tenant."""

_NEVER_NAMED: Final = frozenset({StrangerReason.TOO_SHORT, StrangerReason.OVERLAP, StrangerReason.ERASED})

Kept = dict[str, Any]


class Comparing:
    """Compares strangers of jobs with one speaker."""

    def __init__(self, services: Services, engine: Engine, tenant_id: str, speaker_id: str) -> None:
        self._services, self._engine = services, engine
        self._tenant_id, self._speaker_id = tenant_id, speaker_id
        # Most jobs look for the same people as those before them.
        self._gallery = lru_cache(GALLERIES_KEPT)(self._made_gallery)

    def names_in(self, job_ids: Sequence[str]) -> dict[str, Mapping[str, Match]]:
        """The voices that are the speaker's, by job and label."""
        with self._services.store.reading() as session:
            key = ChangeLog.of(session, self._tenant_id, self._services.keyring).key
            kept = heard_voices.of_jobs(
                session, self._tenant_id, job_ids, model_id=self._engine.model_id, data_key=key
            )
            wanted = select(Job).where(Job.id.in_(job_ids))
            jobs = session.scalars(wanted.order_by(Job.created_at, Job.id)).all()
        found = {job.id: self._names(job, [one for one in kept if one.job_id == job.id]) for job in jobs}
        return {job_id: names for job_id, names in found.items() if names}

    def _names(self, job: Job, voices: Sequence[KeptVoice]) -> dict[str, Match]:
        called = {one["label"]: one for one in (job.result or {})["segments"]}
        waiting = {voice.label for voice in voices if may_be_named(called[voice.label])}
        taken = {one["speaker_id"] for one in called.values()}
        if not waiting or (job.parameters.get("exclusive") and self._speaker_id in taken):
            return {}
        matches = self._matches(job, voices, called)
        return {
            label: match
            for label, match in matches.items()
            if label in waiting and match.speaker_id == self._speaker_id
        }

    def _matches(self, job: Job, voices: Sequence[KeptVoice], called: Mapping[str, Kept]) -> dict[str, Match]:
        """What every voice of a job is taken for today, those aside that have names, which they keep."""
        wanted = tuple(sorted({self._speaker_id, *job.parameters.get("speaker_ids", ())}))
        decision = decision_of(job, self._services.settings)
        matches = {}
        for voice in voices:
            match = self._gallery(wanted, voice.line).match(voice.point, voice.windows, decision)
            name = called[voice.label]["speaker_id"]
            matches[voice.label] = match if name is None else _as_named(match, name)
        again = recognise_again(matches, self._gallery(wanted, voices[0].line), decision)
        # A name that is kept for nothing that was heard has no score to claim it by.
        claims = {label: one for label, one in again.items() if one.score is not None}
        return settle_claims(claims, bool(job.parameters.get("exclusive")))

    def _made_gallery(self, speaker_ids: tuple[str, ...], line: Line) -> Gallery:
        found = load_voiceprints(self._services, self._tenant_id, speaker_ids, self._engine.model_id)
        return Gallery(found, line, self._engine.scorer, self._engine.calibration)


def may_be_named(segment: Kept) -> bool:
    """A stranger, unless he says too little, or a person said that he is nobody."""
    is_stranger = segment["speaker_id"] is None and not segment.get("corrected")
    return is_stranger and segment.get("reason") not in _NEVER_NAMED


def _as_named(match: Match, speaker_id: str) -> Match:
    """The match of a voice that keeps the name it has, with the score that it has for that name."""
    scores = {candidate.speaker_id: candidate.score for candidate in match.candidates}
    return replace(match, speaker_id=speaker_id, score=scores.get(speaker_id), reason=None)
