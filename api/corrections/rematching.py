"""Asking for earlier jobs' strangers to be compared with a speaker again, and waiting for the outcome."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from redis.exceptions import RedisError

from api.corrections.renaming import locked
from shared.corrections import ChangeKind, ChangeState
from shared.services import Services
from shared.store.change_details import Details, Written
from shared.store.changes import ChangeLog

ASKED_EVERY_SECONDS: Final = 5.0
PAUSE_WITHOUT_REDIS_SECONDS: Final = 0.5


@dataclass(frozen=True)
class WantedJobs:
    """Which jobs are compared: those that were accepted since a moment, and of these only some; None: all."""

    since: datetime | None = None
    job_ids: tuple[str, ...] | None = None


def ask_rematch(services: Services, tenant_id: str, speaker_id: str, wanted: WantedJobs) -> Written:
    """Write down that a worker is to compare. Raises SpeakerNotFound."""
    scope = {
        "since": wanted.since.isoformat() if wanted.since else None,
        "job_ids": list(wanted.job_ids) if wanted.job_ids is not None else None,
    }
    with services.store.writing() as session:
        log = ChangeLog.of(session, tenant_id, services.keyring)
        log.one_at_a_time()
        locked(log, speaker_id)
        details = Details((speaker_id,), scope=scope)
        change = log.add(ChangeKind.REMATCH, details, state=ChangeState.PENDING)
        return Written(change.id)


def wait_for(services: Services, tenant_id: str, change_id: str, seconds: float) -> None:
    """Return once a change waits for no worker any more, or time is up."""
    deadline = time.monotonic() + seconds
    while (remaining := deadline - time.monotonic()) > 0 and _is_pending(services, tenant_id, change_id):
        try:
            services.notices.wait(change_id, min(remaining, ASKED_EVERY_SECONDS))
        except RedisError:
            time.sleep(min(remaining, PAUSE_WITHOUT_REDIS_SECONDS))


def _is_pending(services: Services, tenant_id: str, change_id: str) -> bool:
    with services.store.reading() as session:
        change = ChangeLog.of(session, tenant_id, services.keyring).get(change_id)
        return change is not None and change.state == ChangeState.PENDING
