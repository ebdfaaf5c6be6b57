"""Addresses of audio, sealed in the ledger: what gives access to a recording is often part of its address."""

import base64
from dataclasses import replace

from sqlalchemy.orm import Session

from shared.crypto import KeyRing, seal, unseal
from shared.store.jobs import NewJob
from shared.store.schema import Job
from shared.store.tenants import data_key

SEALED = "sealed:"


def sealed(session: Session, new: NewJob, keyring: KeyRing) -> NewJob:
    """The same job with the address of its audio, if it has one, as the ledger keeps it."""
    if new.audio.url is None:
        return new
    key = data_key(session, new.tenant_id, keyring)
    ciphertext = seal(key, new.audio.url.encode(), _context(new.tenant_id, new.id))
    kept = SEALED + base64.b64encode(ciphertext).decode()
    return replace(new, audio=replace(new.audio, url=kept))


def opened(session: Session, job: Job, keyring: KeyRing) -> str | None:
    """The address of a job's audio, also one that an older version kept in clear. Raises DecryptionError."""
    kept = job.audio_url
    if kept is None or not kept.startswith(SEALED):
        return kept
    ciphertext = base64.b64decode(kept.removeprefix(SEALED))
    key = data_key(session, job.tenant_id, keyring)
    return unseal(key, ciphertext, _context(job.tenant_id, job.id)).decode()


def _context(tenant_id: str, job_id: str) -> str:
    return f"audio-url/{tenant_id}/{job_id}"
