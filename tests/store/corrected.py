"""A tenant's finished jobs with voices of a small voice space, their names corrected as by the gateway."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select

from api import corrections
from api.corrections import Naming, WantedJobs
from shared.corrections import Correction
from shared.domain import Dialect, Line
from shared.receipts import Erasure
from shared.services import Services
from shared.store import heard_voices, job_voices, jobs, ledger
from shared.store.change_details import Written
from shared.store.changes import ChangeLog
from shared.store.heard_voices import KeptVoice
from shared.store.removal import erase_speaker
from shared.store.row_seals import row_seal
from shared.store.schema import Delivery, Job, Sample, Speaker
from shared.store.shown_changes import shown
from shared.store.speakers import Speakers
from shared.store.tenants import data_key
from tests.store.conftest import JobMaker
from tests.store.stored import HOOK
from tests.unit.voices import windows

ANN, BOB, STRANGER = 1, 2, 7
MODEL = "made-up@1"
SECONDS = 13.0
CONSENT = {
    "given_by": "Ann",
    "given_at": "2026-05-04T09:00:00+00:00",
    "purpose": "Minutes.",
    "expires_at": None,
}


def point(number: int, seed: int = 0) -> np.ndarray:
    """What a voice sounds like in one recording."""
    return windows(number, 8, seed).mean(0).astype(np.float32)


def segment(label: str, place: int, speaker_id: str | None = None, **other: Any) -> dict[str, Any]:
    """A long segment as the ledger keeps it."""
    return {
        "start_seconds": place * SECONDS,
        "end_seconds": (place + 1) * SECONDS,
        "label": label,
        "speaker_id": speaker_id,
        "confidence": 0.9,
        "reason": None if speaker_id else "below_threshold",
        "candidates": [],
    } | other


class Desk:
    """Where one tenant's names are corrected."""

    def __init__(self, services: Services, tenant_id: str) -> None:
        self.services, self.tenant_id = services, tenant_id
        self._jobs = JobMaker(services.store, tenant_id, services.keyring)

    def enroll(self, speaker_id: str, number: int, seed: int = 0, **other: Any) -> str:
        """The id of a new sample of a voice."""
        exemplars = np.stack([point(number, 100 + seed)] * len(Line))
        with self.services.store.writing() as session:
            return Speakers(session, self.tenant_id, 12).add_sample(
                speaker_id,
                exemplars,
                job_id="job",
                audio_seconds=14,
                speech_seconds=13,
                model_id=MODEL,
                data_key=data_key(session, self.tenant_id, self.services.keyring),
                **other,
            )

    def heard(
        self,
        *voices: tuple[str | None, int],
        looked_for: Sequence[str] = ("ann",),
        webhook: str | None = HOOK,
        segments: Sequence[dict[str, Any]] | None = None,
        dialect: Dialect = Dialect.V1,
        **parameters: Any,
    ) -> str:
        """A job that heard voices: of each its speaker's id, None for a stranger, and its number."""
        wanted = {"speaker_ids": list(looked_for), **parameters}
        new = replace(self._jobs.new(webhook_url=webhook), parameters=wanted, dialect=dialect)
        labels = [f"speaker{place}" for place in range(1, len(voices) + 1)]
        found = segments or [
            segment(label, place, speaker_id)
            for place, (label, (speaker_id, _)) in enumerate(zip(labels, voices, strict=True))
        ]
        seed = self.count(Job)
        kept = [
            KeptVoice(new.id, label, point(number, seed), 8.0, Line.WIDEBAND)
            for label, (_, number) in zip(labels, voices, strict=True)
        ]
        with self.services.store.writing() as session:
            jobs.submit(session, new, self.services.keyring)
        with self.services.store.writing() as session:
            claim = ledger.claim_next(session, new.queue)
            assert claim
            key = data_key(session, self.tenant_id, self.services.keyring)
            vectors = np.stack([one.point for one in kept])
            job_voices.keep(session, claim.job, vectors, model_id=MODEL, data_key=key)
            heard_voices.keep(session, claim.job, kept, model_id=MODEL, data_key=key)
            outcome = ledger.Outcome({"segments": list(found), "line": "wideband"}, 60.0, MODEL)
            ledger.succeed(session, claim, outcome, self.services.keyring)
        return new.id

    def name(
        self, job_id: str, voice: str, speaker_id: str | None, key: str | None = None, **how: Any
    ) -> Correction:
        naming = Naming(job_id, voice, speaker_id, **how)
        return self.read(corrections.name_voice(self.services, self.tenant_id, naming, key))

    def asked_rematch(self, speaker_id: str, **scope: Any) -> str:
        """The id of a change that waits for a worker."""
        wanted = WantedJobs(**scope)
        return corrections.ask_rematch(self.services, self.tenant_id, speaker_id, wanted).change_id

    def rename(self, speaker_id: str, new_id: str) -> Correction:
        return self.read(corrections.rename(self.services, self.tenant_id, speaker_id, new_id))

    def merge(self, speaker_id: str, other_id: str) -> Correction:
        return self.read(corrections.merge(self.services, self.tenant_id, speaker_id, other_id))

    def undo(self, change_id: str) -> Correction:
        return self.read(corrections.undo(self.services, self.tenant_id, change_id))

    def read(self, change: Written | str) -> Correction:
        change_id = change if isinstance(change, str) else change.change_id
        with self.services.store.reading() as session:
            log = ChangeLog.of(session, self.tenant_id, self.services.keyring)
            found = log.get(change_id)
            assert found
            return shown(log, [found])[0]

    def listed(self) -> list[Correction]:
        """All changes, newest first, as a list of them tells."""
        with self.services.store.reading() as session:
            log = ChangeLog.of(session, self.tenant_id, self.services.keyring)
            return shown(log, log.newest(after=None, limit=100))

    def erase(self, speaker_id: str, **how: Any) -> Erasure | None:
        with self.services.store.writing() as session:
            key = data_key(session, self.tenant_id, self.services.keyring)
            return erase_speaker(session, self.tenant_id, speaker_id, key, **how)

    def result(self, job_id: str) -> Any:
        with self.services.store.reading() as session:
            return session.get_one(Job, job_id).result

    def names(self, job_id: str) -> list[str | None]:
        """Whom a job's segments name."""
        return [one["speaker_id"] for one in self.result(job_id)["segments"]]

    def speakers(self) -> dict[str, tuple[Any, ...]]:
        """What is kept of each speaker: his samples with warnings, consent, and voiceprints opened."""
        with self.services.store.reading() as session:
            key = data_key(session, self.tenant_id, self.services.keyring)
            voiceprints = Speakers(session, self.tenant_id, 12).voiceprints(
                None, model_id=MODEL, data_key=key
            )
            found: dict[str, tuple[Any, ...]] = {}
            for speaker in session.scalars(select(Speaker)).all():
                samples = session.scalars(select(Sample).where(Sample.speaker_key == speaker.id)).all()
                kept = [
                    one.exemplars.tobytes() for one in voiceprints if one.speaker_id == speaker.speaker_id
                ]
                warned = sorted((one.id, str(one.warnings)) for one in samples)
                consent = (speaker.consent, speaker.consent_expires_at)
                found[speaker.speaker_id] = (warned, consent, speaker.created_at, sorted(kept))
            return found

    def bodies(self) -> list[bytes]:
        """What the deliveries of corrections bring, oldest first."""
        with self.services.store.reading() as session:
            seal = row_seal(session, self.tenant_id, self.services.keyring)
            wanted = select(Delivery).where(Delivery.change_id.is_not(None)).order_by(Delivery.created_at)
            return [seal.body_of(one) for one in session.scalars(wanted)]

    def all_of(self, job_id: str) -> tuple[Any, ...]:
        """All that is kept of a job which a correction may change."""
        with self.services.store.reading() as session:
            job = session.get_one(Job, job_id)
            return job.parameters, job.result, job.state

    def count(self, table: type[Any]) -> int:
        with self.services.store.reading() as session:
            return session.scalars(select(func.count()).select_from(table)).one()

    def age(self, table: type[Any], moment: datetime) -> None:
        """Make all rows of a table so old."""
        with self.services.store.writing() as session:
            for row in session.scalars(select(table)):
                row.created_at = moment
