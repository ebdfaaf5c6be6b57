"""A tenant's speakers and jobs, made and read by tests of what is kept of them."""

from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import func, select

from shared.crypto import KeyRing
from shared.domain import Dialect, JobKind
from shared.receipts import Erasure
from shared.store import Store, dispatch, job_voices, jobs, ledger
from shared.store.removal import erase_speaker
from shared.store.row_seals import row_seal
from shared.store.schema import Delivery, Job, Speaker, now
from shared.store.speakers import Speakers
from shared.store.tenants import data_key
from tests.store.conftest import JobMaker

MODEL = "embedded@1"
EXEMPLARS = np.linspace(-1, 1, 3 * 64, dtype=np.float32).reshape(3, 64)
HOOK = "https://example.com/hook"


def segment(speaker_id: str | None, *candidates: str) -> dict[str, Any]:
    """A segment as the ledger keeps it."""
    return {
        "start_seconds": 0.0,
        "end_seconds": 2.0,
        "label": "speaker1",
        "speaker_id": speaker_id,
        "confidence": 0.9,
        "reason": None if speaker_id else "below_threshold",
        "candidates": [{"speaker_id": one, "score": 3.0, "exemplar": "wideband"} for one in candidates],
    }


class Kept:
    """What a ledger keeps of a tenant."""

    def __init__(self, store: Store, tenant_id: str, keyring: KeyRing) -> None:
        self.store, self.tenant_id, self._keyring = store, tenant_id, keyring
        self._jobs = JobMaker(store, tenant_id, keyring)

    def enroll(self, speaker_id: str, job_id: str = "job", consent: dict[str, Any] | None = None) -> str:
        """The id of a new sample."""
        with self.store.writing() as session:
            return Speakers(session, self.tenant_id, 12).add_sample(
                speaker_id,
                EXEMPLARS,
                job_id=job_id,
                audio_seconds=14,
                speech_seconds=13,
                model_id=MODEL,
                data_key=data_key(session, self.tenant_id, self._keyring),
                consent=consent,
            )

    def identified(
        self, looked_for: list[str], *segments: dict[str, Any], webhook: str | None = None, **other: Any
    ) -> str:
        """The id of a job that has found something, with its voices."""
        claim = self.claimed(looked_for, webhook, **other)
        with self.store.writing() as session:
            key = data_key(session, self.tenant_id, self._keyring)
            vectors = np.ones((1, 64), np.float32)
            job_voices.keep(session, claim.job, vectors, model_id=MODEL, data_key=key)
            outcome = ledger.Outcome({"segments": list(segments)}, 2.0, MODEL)
            ledger.succeed(session, claim, outcome, self._keyring)
        return claim.job.id

    def claimed(self, looked_for: list[str], webhook: str | None = None, **other: Any) -> ledger.Claim:
        """A job that is worked on."""
        new = replace(self._jobs.new(webhook_url=webhook), parameters={"speaker_ids": looked_for}, **other)
        with self.store.writing() as session:
            jobs.submit(session, new, self._keyring)
        with self.store.writing() as session:
            claim = ledger.claim_next(session, new.queue)
        assert claim
        assert claim.job.id == new.id
        return claim

    def queued_enrolment(self, speaker_id: str, **parameters: Any) -> str:
        """The id of an enrolment that waits."""
        wanted = {"speaker_id": speaker_id, **parameters}
        new = replace(self._jobs.new(), kind=JobKind.ENROLL, parameters=wanted, dialect=Dialect.V1)
        with self.store.writing() as session:
            jobs.submit(session, new, self._keyring)
        return new.id

    def erase(self, speaker_id: str, **how: Any) -> Erasure | None:
        with self.store.writing() as session:
            key = data_key(session, self.tenant_id, self._keyring)
            return erase_speaker(session, self.tenant_id, speaker_id, key, **how)

    def tested_webhook(self, *, ended: bool = True) -> None:
        """A delivery that belongs to no job."""
        with self.store.writing() as session:
            made = dispatch.new_delivery(session, self.tenant_id, self._keyring, HOOK, b"{}", job_id=None)
            made.finished_at = now() if ended else None

    def bodies(self) -> list[bytes]:
        """What the deliveries bring."""
        with self.store.reading() as session:
            seal = row_seal(session, self.tenant_id, self._keyring)
            return [seal.body_of(one) for one in session.scalars(select(Delivery))]

    def job(self, job_id: str) -> Job | None:
        with self.store.reading() as session:
            return jobs.get(session, job_id)

    def all(self, table: type[Any]) -> list[Any]:
        with self.store.reading() as session:
            return list(session.scalars(select(table)))

    def count(self, table: type[Any]) -> int:
        with self.store.reading() as session:
            return session.scalars(select(func.count()).select_from(table)).one()

    def names(self) -> set[str]:
        with self.store.reading() as session:
            return set(session.scalars(select(Speaker.speaker_id)))
