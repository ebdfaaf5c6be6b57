"""Embeddings of finished jobs' segments, kept encrypted for a while to enrol speakers from."""

from datetime import datetime
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from shared.crypto import seal, unseal
from shared.store.schema import Job, JobVoices

# Into the table: of rows that are only written, a session would keep track for nothing.
_KEEP = insert(cast(Table, JobVoices.__table__))


def keep(session: Session, job: Job, vectors: NDArray[np.float32], *, model_id: str, data_key: bytes) -> None:
    """Keep an embedding per segment, shape (num_segments, dimensions); NaN for one that is too short."""
    if not vectors.size:
        return
    sealed = seal(data_key, vectors.astype("<f4").tobytes(), _context(job.tenant_id, job.id))
    row = {"job_id": job.id, "tenant_id": job.tenant_id, "model_id": model_id, "ciphertext": sealed}
    session.execute(_KEEP, row)


def load(session: Session, job: Job, *, model_id: str | None, data_key: bytes) -> NDArray[np.float32] | None:
    """Embeddings of a job's segments, shape (num_segments, dimensions); None if they are not kept."""
    row = session.get(JobVoices, job.id)
    if row is None or row.model_id != model_id:
        return None
    plain = unseal(data_key, row.ciphertext, _context(job.tenant_id, job.id))
    return (
        np.frombuffer(plain, dtype="<f4").astype(np.float32).reshape(len((job.result or {})["segments"]), -1)
    )


def forget_older(session: Session, limit: datetime) -> None:
    """Remove what was kept before a moment."""
    session.execute(delete(JobVoices).where(JobVoices.created_at < limit))


def _context(tenant_id: str, job_id: str) -> str:
    return f"job-voices/{tenant_id}/{job_id}"
