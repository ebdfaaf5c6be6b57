"""What beat has done every half minute: delete what tenants keep no longer, and whose consent has expired."""

from datetime import timedelta
from typing import Final

from shared.erasure import leave_no_trace
from shared.logging import log
from shared.services import Services
from shared.store import retention
from shared.store.removal import erase_speaker
from shared.store.schema import now
from shared.store.tenants import data_key

SPEAKERS_AT_ONCE: Final = 50
JOBS_AT_ONCE: Final = 500
TRACES_LOOKED_AFTER_SECONDS: Final = 600
"""For so long after an erasure the database's files are seen to, whatever stood in the way before."""


def retain(services: Services) -> None:
    """One round. Raises the database's errors; the next round goes on where this one stopped."""
    while _erase_some(services):
        pass
    while forgotten := _forget_some_results(services):
        log.info("results_forgotten", rows=forgotten)
    with services.store.reading() as session:
        lately = now() - timedelta(seconds=TRACES_LOOKED_AFTER_SECONDS)
        erased = retention.erased_since(session, lately)
    if erased and not services.store.forget_deleted():
        log.warning("trace_left_to_the_next_round")


def _erase_some(services: Services) -> int:
    erased = []
    with services.store.writing() as session:
        due = retention.due_speakers(session, now(), SPEAKERS_AT_ONCE)
        for one in due:
            key = data_key(session, one.tenant_id, services.keyring)
            erased.append(erase_speaker(session, one.tenant_id, one.speaker_id, key, reason=one.reason))
    for one in due:
        log.info("speaker_erased", tenant_id=one.tenant_id, reason=str(one.reason))
    leave_no_trace(services, *(one for one in erased if one))
    return len(due)


def _forget_some_results(services: Services) -> int:
    with services.store.writing() as session:
        forgotten = retention.forget_old_results(session, now(), JOBS_AT_ONCE)
    if forgotten:
        services.store.forget_deleted()
    return forgotten
