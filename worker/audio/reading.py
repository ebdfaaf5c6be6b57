"""From a job to its samples."""

import numpy as np
from numpy.typing import NDArray

from shared.domain import AudioSource
from shared.services import Services
from shared.store.row_seals import row_seal
from shared.store.schema import Job
from worker.audio.decoding import decode
from worker.audio.fetching import fetched_audio
from worker.audio.jail import DOORS
from worker.progress import Progress


def read_audio(services: Services, job: Job, progress: Progress) -> NDArray[np.float16]:
    """Samples (num_samples,) of the job's audio, mono, 16 kHz. Raises the errors of fetching and decoding."""
    settings = services.settings
    progress.report("decoding", timed_as="fetching")
    source = AudioSource(job.blob_key, _url_of(services, job))
    with fetched_audio(source, services.blobs, services.egress, settings.max_content_bytes) as path:
        progress.stages.begin("decoding")
        try:
            return decode(
                path,
                max_seconds=settings.max_audio_seconds,
                encoding=job.encoding,
                sample_rate_hertz=job.sample_rate_hertz,
            )
        finally:
            DOORS.prepare()  # for the next recording, while this one is listened to


def _url_of(services: Services, job: Job) -> str | None:
    if job.sealed_audio_url is None:
        return None
    with services.store.reading() as session:
        return row_seal(session, job.tenant_id, services.keyring).audio_url_of(job)
