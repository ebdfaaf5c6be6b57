"""What beat has done every few minutes: delete audio that no job needs any more, or never had."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from shared.blobs import Blob
from shared.logging import log
from shared.services import Services
from shared.store import jobs
from shared.store.schema import now

AT_ONCE = 500


def collect(services: Services) -> None:
    """One round. Raises StorageUnavailable and the database's errors; the next round goes on.

    A gateway that dies between storing and committing leaves audio without a job, a worker that dies between
    committing and deleting leaves audio of an ended one.
    """
    moment = now()
    unborn_before = moment - timedelta(seconds=services.settings.orphan_seconds)
    ended_before = moment - timedelta(seconds=services.settings.audio_retention_seconds)
    old = (blob for blob in services.blobs.all() if blob.modified_at < unborn_before)
    for some in _batches(old):
        for blob in _unneeded(services, some, ended_before):
            log.info("audio_collected", job_id=blob.job_id)
            services.blobs.delete(blob.key)


def _unneeded(services: Services, blobs: list[Blob], ended_before: datetime) -> list[Blob]:
    with services.store.reading() as session:
        needed = jobs.needing_audio(session, [blob.job_id for blob in blobs], ended_before)
    return [blob for blob in blobs if blob.job_id not in needed]


def _batches(blobs: Iterable[Blob]) -> Iterator[list[Blob]]:
    waiting = iter(blobs)
    while some := list(islice(waiting, AT_ONCE)):
        yield some
