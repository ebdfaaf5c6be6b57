"""The story of a rematch: read who waits for it → compare earlier strangers with a speaker → store → notify.

A stranger gets the speaker's name if an identification of his recording would give it today: among all whom
his job looked for and the speaker, at the job's own rate of false accepts, with the service's margin, and
beside the voices that have names already. What is compared are the points that were matched then.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.corrections import ChangeState
from shared.domain import JobState, Line, StrangerReason
from shared.logging import log
from shared.services import Services
from shared.store import heard_voices, waiting_changes
from shared.store.change_details import Details
from shared.store.changes import ChangeLog
from shared.store.heard_voices import KeptVoice
from shared.store.patches import JobPatch
from shared.store.schema import Change, HeardVoice, Job
from shared.store.scrubbing import erased_of
from worker.engine import Engine
from worker.identification import decision_of, load_voiceprints
from worker.voiceprints.gallery import Gallery
from worker.voiceprints.matching import Match, settle_claims
from worker.voiceprints.naming import recognise_again

JOBS_AT_ONCE: Final = 50
_NEVER_NAMED: Final = frozenset({StrangerReason.TOO_SHORT, StrangerReason.OVERLAP, StrangerReason.ERASED})

Kept = dict[str, Any]


def rematch(services: Services, engine: Engine, change_id: str) -> None:
    """Compare what a change that waits asks for; nothing, if it waits no longer."""
    change = _take(services, change_id)
    if change is None:
        return
    with services.store.reading() as session:
        details = ChangeLog.of(session, change.tenant_id, services.keyring).details_of(change)
        job_ids = _wanted_jobs(session, change, details, engine.model_id)
    comparing = _Comparing(services, engine, change.tenant_id, str(details.speaker_id))
    found: dict[str, Mapping[str, Match]] = {}
    for first in range(0, len(job_ids), JOBS_AT_ONCE):
        found |= comparing.names_in(job_ids[first : first + JOBS_AT_ONCE])
    delivery_ids = _store(services, change, str(details.speaker_id), found)
    log.info("rematched", change_id=change_id, jobs=len(job_ids), changed=len(found))
    tell_end(services, change_id, delivery_ids)


def tell_end(services: Services, change_id: str, delivery_ids: Sequence[str] = ()) -> None:
    """Wake who waits for a change, and start webhooks; the sweep finds what is missed here."""
    try:
        services.notices.announce(change_id)
    except RedisError as failure:
        log.warning("notice_not_sent", error=type(failure).__name__)
    for delivery_id in delivery_ids:
        services.queue.send_delivery(delivery_id)


def _take(services: Services, change_id: str) -> Change | None:
    with services.store.writing() as session:
        change = waiting_changes.take(session, change_id)
        if change is not None and change.attempts > services.settings.job_attempts:
            change.state = ChangeState.FAILED
            log.error("rematch_failed", change_id=change_id)
    if change is not None and change.state == ChangeState.FAILED:
        tell_end(services, change_id)
        return None
    return change


def _wanted_jobs(session: Session, change: Change, details: Details, model_id: str) -> list[str]:
    """Jobs with voices that can be compared, newest first."""
    scope = details.scope or {}
    with_voices = select(HeardVoice.job_id).where(
        HeardVoice.tenant_id == change.tenant_id, HeardVoice.model_id == model_id
    )
    query = select(Job.id).where(
        Job.tenant_id == change.tenant_id, Job.state == JobState.SUCCEEDED, Job.id.in_(with_voices)
    )
    if scope.get("since"):
        query = query.where(Job.created_at >= datetime.fromisoformat(scope["since"]))
    if scope.get("job_ids") is not None:
        query = query.where(Job.id.in_(scope["job_ids"]))
    return list(session.scalars(query.order_by(Job.created_at.desc(), Job.id)))


class _Comparing:
    """Compares strangers of jobs with one speaker."""

    def __init__(self, services: Services, engine: Engine, tenant_id: str, speaker_id: str) -> None:
        self._services, self._engine = services, engine
        self._tenant_id, self._speaker_id = tenant_id, speaker_id
        # Most jobs look for the same people.
        self._gallery = cache(self._made_gallery)

    def names_in(self, job_ids: Sequence[str]) -> dict[str, Mapping[str, Match]]:
        """The voices that are the speaker's, by job and label."""
        with self._services.store.reading() as session:
            key = ChangeLog.of(session, self._tenant_id, self._services.keyring).key
            kept = heard_voices.of_jobs(
                session, self._tenant_id, job_ids, model_id=self._engine.model_id, data_key=key
            )
            jobs = session.scalars(select(Job).where(Job.id.in_(job_ids))).all()
        found = {job.id: self._names(job, [one for one in kept if one.job_id == job.id]) for job in jobs}
        return {job_id: names for job_id, names in found.items() if names}

    def _names(self, job: Job, voices: Sequence[KeptVoice]) -> dict[str, Match]:
        called = {one["label"]: one for one in (job.result or {})["segments"]}
        waiting = {voice.label for voice in voices if _may_be_named(called[voice.label])}
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


def _may_be_named(segment: Kept) -> bool:
    """A stranger, unless he says too little, or a person said that he is nobody."""
    is_stranger = segment["speaker_id"] is None and not segment.get("corrected")
    return is_stranger and segment.get("reason") not in _NEVER_NAMED


def _as_named(match: Match, speaker_id: str) -> Match:
    """The match of a voice that keeps the name it has, with the score that it has for that name."""
    scores = {candidate.speaker_id: candidate.score for candidate in match.candidates}
    return replace(match, speaker_id=speaker_id, score=scores.get(speaker_id), reason=None)


def _store(
    services: Services, change: Change, speaker_id: str, found: Mapping[str, Mapping[str, Match]]
) -> list[str]:
    """Write the names, unless the speaker is gone meanwhile; ids of the webhooks' deliveries."""
    with services.store.writing() as session:
        changelog = ChangeLog.of(session, change.tenant_id, services.keyring)
        changelog.one_at_a_time()
        current = changelog.get(change.id)
        if current is None or current.state != ChangeState.PENDING:
            return []
        matches = [match for names in found.values() for match in names.values()]
        named = {one.speaker_id for match in matches for one in match.candidates}
        gone = erased_of(session, change.tenant_id, {speaker_id, *named})
        current.state = ChangeState.FAILED if speaker_id in gone else ChangeState.DONE
        return [] if speaker_id in gone else changelog.alter(current, _patches(session, found, gone))


def _patches(
    session: Session, found: Mapping[str, Mapping[str, Match]], gone: Collection[str]
) -> Iterator[tuple[Job, JobPatch]]:
    for job_id, matches in sorted(found.items()):
        job = session.get(Job, job_id, with_for_update=True)
        if job is not None:
            result = job.result or {}
            segments = [_named(one, matches.get(one["label"]), gone) for one in result["segments"]]
            yield job, JobPatch.between(job, result=result | {"segments": segments})


def _named(segment: Kept, match: Match | None, gone: Collection[str]) -> Kept:
    # A person may have said something meanwhile.
    if match is None or not _may_be_named(segment):
        return segment
    return segment | {
        "speaker_id": match.speaker_id,
        "confidence": None if match.confidence is None else round(match.confidence, 3),
        "reason": None,
        "candidates": [one.to_json() for one in match.candidates if one.speaker_id not in gone],
        "corrected": True,
    }
