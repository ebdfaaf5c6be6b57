"""Enrolled speakers of one tenant: their samples and encrypted voiceprints."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.crypto import seal, unseal
from shared.domain import Line, SpeakerSummary
from shared.review import SampleWarning
from shared.store import reviews
from shared.store.listing import newest_first
from shared.store.schema import Sample, Speaker, Voiceprint, new_id


@dataclass(frozen=True)
class StoredVoiceprint:
    """A sample's decrypted exemplars (num_lines, num_dimensions), and how much speech stands behind them.

    One for each `Line` in its order; NaN where the sample has none. ``line`` is the one it came over, None
    where that was not kept.
    """

    speaker_id: str
    exemplars: NDArray[np.float32]
    speech_seconds: float
    sample_id: str = ""
    line: Line | None = None


class Speakers:
    """The speakers of one tenant; no statement here reaches another tenant's rows."""

    def __init__(self, session: Session, tenant_id: str, complete_seconds: float) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._complete_seconds = complete_seconds

    def summaries(
        self, speaker_ids: Iterable[str] | None = None, *, after: str | None = None, limit: int | None = None
    ) -> list[SpeakerSummary]:
        """Speakers in order of their ids: all of the tenant's, those named that exist, or from after one."""
        query = self._totals().limit(limit)
        if after is not None:
            query = query.where(Speaker.speaker_id > after)
        if speaker_ids is not None:
            query = query.where(Speaker.speaker_id.in_(list(speaker_ids)))
        return [
            SpeakerSummary(speaker_id, speech, audio, self._complete_seconds)
            for speaker_id, speech, audio in self._session.execute(query)
        ]

    def _totals(self) -> Select[str, float, float]:
        return (
            select(
                Speaker.speaker_id,
                func.coalesce(func.sum(Sample.speech_seconds), 0.0),
                func.coalesce(func.sum(Sample.audio_seconds), 0.0),
            )
            .outerjoin(Sample, Sample.speaker_key == Speaker.id)
            .where(Speaker.tenant_id == self._tenant_id)
            .group_by(Speaker.speaker_id)
            .order_by(Speaker.speaker_id)
        )

    def add_sample(
        self,
        speaker_id: str,
        exemplars: NDArray[np.float32],
        *,
        job_id: str,
        audio_seconds: float,
        speech_seconds: float,
        model_id: str,
        data_key: bytes,
        quality: dict[str, Any] | None = None,
        provenance: dict[str, Any] | None = None,
        sample_id: str | None = None,
        warnings: Iterable[SampleWarning] | None = None,
    ) -> str:
        """Add a sample and its exemplars (num_lines, num_dimensions), to a new speaker if need be. Its id.

        Without ``warnings``, the review that is now due finds them.
        """
        sample_id = sample_id or new_id()
        speaker_key = self._speaker_key(speaker_id)
        self._session.add(
            Sample(
                id=sample_id,
                speaker_key=speaker_key,
                tenant_id=self._tenant_id,
                job_id=job_id,
                audio_seconds=audio_seconds,
                speech_seconds=speech_seconds,
                quality=quality,
                provenance=provenance,
                warnings=None if warnings is None else [warning.to_json() for warning in warnings],
            )
        )
        self._session.flush()
        sealed = seal(data_key, exemplars.astype("<f4").tobytes(), self._context(sample_id, model_id))
        self._session.add(
            Voiceprint(sample_id=sample_id, tenant_id=self._tenant_id, model_id=model_id, ciphertext=sealed)
        )
        self._session.flush()
        reviews.demand(self._session, speaker_key)
        return sample_id

    def key_of(self, speaker_id: str) -> str | None:
        """What the speaker's rows are told by; None if there is no such speaker."""
        return self._session.scalar(
            select(Speaker.id).where(Speaker.tenant_id == self._tenant_id, Speaker.speaker_id == speaker_id)
        )

    def _speaker_key(self, speaker_id: str) -> str:
        key = self.key_of(speaker_id)
        if key is None:
            try:
                with self._session.begin_nested():
                    self._session.add(Speaker(tenant_id=self._tenant_id, speaker_id=speaker_id))
            except IntegrityError:
                pass  # another enrolment of the same id came first; his row serves both
            key = self.key_of(speaker_id)
        return str(key)

    def voiceprints(
        self, speaker_ids: Iterable[str] | None, *, model_id: str, data_key: bytes
    ) -> list[StoredVoiceprint]:
        """Every voiceprint that ``model_id`` made of those named, or of all; by speaker, oldest first."""
        query = (
            select(
                Speaker.speaker_id, Sample.id, Sample.speech_seconds, Sample.quality, Voiceprint.ciphertext
            )
            .join(Sample, Sample.speaker_key == Speaker.id)
            .join(Voiceprint, Voiceprint.sample_id == Sample.id)
            .where(
                Speaker.tenant_id == self._tenant_id,
                Voiceprint.model_id == model_id,
            )
            .order_by(Speaker.speaker_id, Sample.created_at)
        )
        if speaker_ids is not None:
            query = query.where(Speaker.speaker_id.in_(list(speaker_ids)))
        found = []
        for speaker_id, sample_id, speech_seconds, quality, ciphertext in self._session.execute(query):
            plain = unseal(data_key, ciphertext, self._context(sample_id, model_id))
            exemplars = np.frombuffer(plain, dtype="<f4").astype(np.float32).reshape(len(Line), -1)
            line = Line(quality["line"]) if quality and "line" in quality else None
            found.append(StoredVoiceprint(speaker_id, exemplars, speech_seconds, sample_id, line))
        return found

    def samples(
        self, speaker_id: str, *, after: list[str] | None = None, limit: int | None = None
    ) -> list[Sample]:
        """A speaker's samples, newest first, from after a position. Raises InvalidField."""
        query = (
            select(Sample)
            .join(Speaker, Sample.speaker_key == Speaker.id)
            .where(Speaker.tenant_id == self._tenant_id, Speaker.speaker_id == speaker_id)
        )
        return list(self._session.scalars(newest_first(query, Sample, after).limit(limit)))

    def remove_sample(self, speaker_id: str, sample_id: str) -> bool:
        """Erase a sample with its voiceprint; False if the speaker has none of that id."""
        wanted = [sample for sample in self.samples(speaker_id) if sample.id == sample_id]
        for sample in wanted:
            self._session.delete(sample)
            reviews.demand(self._session, sample.speaker_key)
        return bool(wanted)

    def remove(self, speaker_id: str) -> bool:
        """Erase a speaker with his samples and voiceprints; False if there is none of that id."""
        gone = self._session.execute(
            delete(Speaker)
            .where(Speaker.tenant_id == self._tenant_id, Speaker.speaker_id == speaker_id)
            .returning(Speaker.id)
        )
        return gone.first() is not None

    def _context(self, sample_id: str, model_id: str) -> str:
        return f"voiceprint/{self._tenant_id}/{sample_id}/{model_id}"
