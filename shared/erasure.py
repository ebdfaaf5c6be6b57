"""Erasing a speaker everywhere: in the ledger, in its files, and in the blob store."""

from shared.domain import JobKind, JobState
from shared.errors import StorageUnavailable
from shared.logging import log
from shared.metrics.definitions import JOBS_FINISHED
from shared.receipts import Erasure
from shared.services import Services
from shared.store.removal import erase_speaker
from shared.store.tenants import data_key


def erase(services: Services, tenant_id: str, speaker_id: str, *, results: bool = False) -> Erasure | None:
    """Erase a speaker at his tenant's request; None if there is nothing of him."""
    with services.store.writing() as session:
        key = data_key(session, tenant_id, services.keyring)
        erased = erase_speaker(session, tenant_id, speaker_id, key, results=results)
    if erased:
        leave_no_trace(services, erased)
    return erased


def leave_no_trace(services: Services, *erased: Erasure) -> None:
    """After the commit: what is not done here at once is done by retention and collection."""
    for one in erased:
        labels = {"kind": JobKind.ENROLL, "state": JobState.CANCELED}
        services.metrics.count(JOBS_FINISHED, one.jobs_canceled, **labels)
    for blob_key in (key for one in erased for key in one.blob_keys if key):
        try:
            services.blobs.delete(blob_key)
        except StorageUnavailable:
            log.warning("audio_left_to_collection")
    if erased and not services.store.forget_deleted():
        log.info("trace_left_to_retention")
