"""The voices of finished jobs, sealed, to be compared again without audio; and what strangers are called."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from shared.crypto import seal, unseal
from shared.domain import Line
from shared.settings import Settings
from shared.store.schema import HeardVoice, Job, Tenant

STRANGER_PREFIX = "stranger-"
_RANDOM_BYTES = 6
_TENANTS = cast(Table, Tenant.__table__)
# Made once, of the tables: that takes a part of the time.
_WISHES = select(_TENANTS.c.recognises_strangers, _TENANTS.c.requires_consent).where(
    _TENANTS.c.id == bindparam("tenant")
)
_KEEP = insert(cast(Table, HeardVoice.__table__))


@dataclass(frozen=True, eq=False)
class KeptVoice:
    """A voice of a job, opened: its ``point`` (num_dimensions,) of the voice space, and windows' worth."""

    job_id: str
    label: str
    point: NDArray[np.float32]
    windows: float
    line: Line
    stranger: str | None = None


def exemplars_over(line: Line, point: NDArray[np.float32]) -> NDArray[np.float32]:
    """Exemplars (num_lines, num_dimensions) of a voice that was heard over one line only, at a point."""
    exemplars = np.full((len(Line), point.size), np.nan, np.float32)
    exemplars[list(Line).index(line)] = point
    return exemplars


def new_stranger() -> str:
    """What to call a stranger who was not heard before; no speaker's id has a dash in it."""
    return STRANGER_PREFIX + secrets.token_hex(_RANDOM_BYTES)


def recognised(session: Session, tenant_id: str, settings: Settings) -> bool:
    """Whether strangers of this tenant keep their labels from one recording to the next.

    Not where nobody is enrolled without consent: strangers gave none.
    """
    if not settings.job_voices_days:
        return False
    found = session.execute(_WISHES, {"tenant": tenant_id}).one()
    if found.requires_consent:
        return False
    wanted = found.recognises_strangers
    return settings.recognise_strangers if wanted is None else bool(wanted)


def keep(session: Session, job: Job, voices: Iterable[KeptVoice], *, model_id: str, data_key: bytes) -> None:
    """Keep the voices of a job."""
    rows = [
        {
            "job_id": job.id,
            "label": one.label,
            "tenant_id": job.tenant_id,
            "stranger": one.stranger,
            "model_id": model_id,
            "line": one.line,
            "windows": one.windows,
            "ciphertext": seal(
                data_key,
                one.point.astype("<f4").tobytes(),
                _context(job.tenant_id, job.id, one.label, model_id),
            ),
        }
        for one in voices
    ]
    if rows:
        session.execute(_KEEP, rows)


def of_jobs(
    session: Session, tenant_id: str, job_ids: Sequence[str], *, model_id: str, data_key: bytes
) -> list[KeptVoice]:
    """The voices that are kept of jobs and that ``model_id`` made; by job and label."""
    query = select(HeardVoice).where(
        HeardVoice.tenant_id == tenant_id, HeardVoice.job_id.in_(job_ids), HeardVoice.model_id == model_id
    )
    found = session.scalars(query.order_by(HeardVoice.job_id, HeardVoice.label))
    return [_opened(one, data_key) for one in found]


def strangers(
    session: Session,
    tenant_id: str,
    *,
    model_id: str,
    data_key: bytes,
    limit: int,
    since: datetime | None = None,
) -> list[KeptVoice]:
    """The newest voices that have a stranger's label; those kept since a moment, if one is given."""
    query = select(HeardVoice).where(
        HeardVoice.tenant_id == tenant_id,
        HeardVoice.model_id == model_id,
        HeardVoice.stranger.is_not(None),
    )
    if since is not None:
        query = query.where(HeardVoice.created_at >= since)
    found = session.scalars(query.order_by(HeardVoice.created_at.desc()).limit(limit))
    return [_opened(one, data_key) for one in found]


def follow_result(session: Session, job: Job) -> None:
    """After a job's names changed: whoever has a name is no stranger, and who lost it is the one he was."""
    called = {one["label"]: one for one in (job.result or {}).get("segments", ())}
    for label, one in called.items():
        stranger = one.get("stranger") if one["speaker_id"] is None else None
        of_voice = update(HeardVoice).where(HeardVoice.job_id == job.id, HeardVoice.label == label)
        session.execute(of_voice.values(stranger=stranger))


def drop(session: Session, tenant_id: str, job_ids: Sequence[str]) -> None:
    """Remove what is kept of jobs."""
    session.execute(
        delete(HeardVoice).where(HeardVoice.tenant_id == tenant_id, HeardVoice.job_id.in_(job_ids))
    )


def forget_older(session: Session, limit: datetime) -> None:
    """Remove what was kept before a moment."""
    session.execute(delete(HeardVoice).where(HeardVoice.created_at < limit))


def _opened(row: HeardVoice, data_key: bytes) -> KeptVoice:
    plain = unseal(data_key, row.ciphertext, _context(row.tenant_id, row.job_id, row.label, row.model_id))
    point = np.frombuffer(plain, dtype="<f4").astype(np.float32)
    return KeptVoice(row.job_id, row.label, point, row.windows, Line(row.line), row.stranger)


def _context(tenant_id: str, job_id: str, label: str, model_id: str) -> str:
    return f"heard-voice/{tenant_id}/{job_id}/{label}/{model_id}"
