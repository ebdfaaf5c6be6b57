"""The story of a rematch: read who waits for it → compare earlier strangers with a speaker → store → notify.

A stranger gets the speaker's name if an identification of his recording would give it today: among all whom
his job looked for and the speaker, at the job's own rate of false accepts, with the service's margin, and
beside the voices that have names already. What is compared are the points that were matched then.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.corrections import ChangeState
from shared.domain import JobState
from shared.logging import log
from shared.services import Services
from shared.store import waiting_changes
from shared.store.change_details import Details
from shared.store.changes import ChangeLog
from shared.store.patches import JobPatch
from shared.store.schema import Change, HeardVoice, Job
from shared.store.scrubbing import erased_of
from worker.comparing import Comparing, may_be_named
from worker.engine import Engine
from worker.voiceprints.matching import Match

JOBS_AT_ONCE: Final = 50
BEAT_SECONDS: Final = 30.0
"""Far below what the sweep takes for lost."""

Kept = dict[str, Any]


def rematch(services: Services, engine: Engine, change_id: str) -> None:
    """Compare what a change that waits asks for; nothing, if it waits no longer."""
    change = _take(services, change_id)
    if change is None:
        return
    with services.store.reading() as session:
        details = ChangeLog.of(session, change.tenant_id, services.keyring).details_of(change)
        job_ids = _wanted_jobs(session, change, details, engine.model_id)
    comparing = Comparing(services, engine, change.tenant_id, str(details.speaker_id))
    found: dict[str, Mapping[str, Match]] = {}
    beaten = time.monotonic()
    for first in range(0, len(job_ids), JOBS_AT_ONCE):
        found |= comparing.names_in(job_ids[first : first + JOBS_AT_ONCE])
        if time.monotonic() - beaten > BEAT_SECONDS:
            beaten = time.monotonic()
            with services.store.writing() as session:
                waiting_changes.beat(session, change_id)
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
    with_voices = select(HeardVoice.job_id).where(
        HeardVoice.tenant_id == change.tenant_id, HeardVoice.model_id == model_id
    )
    query = select(Job.id).where(
        Job.tenant_id == change.tenant_id, Job.state == JobState.SUCCEEDED, Job.id.in_(with_voices)
    )
    query = waiting_changes.in_scope(query, details.scope)
    return list(session.scalars(query.order_by(Job.created_at.desc(), Job.id)))


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
    if match is None or not may_be_named(segment):
        return segment
    return segment | {
        "speaker_id": match.speaker_id,
        "confidence": None if match.confidence is None else round(match.confidence, 3),
        "reason": None,
        "candidates": [one.to_json() for one in match.candidates if one.speaker_id not in gone],
        "corrected": True,
    }
