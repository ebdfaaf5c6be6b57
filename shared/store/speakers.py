"""Enrolled speakers of one tenant: their samples and encrypted voiceprints."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.consent import Consent
from shared.domain import Line, SpeakerSummary
from shared.review import SampleWarning
from shared.store import consents, reviews
from shared.store.listing import newest_first
from shared.store.schema import Sample, Speaker, Voiceprint, new_id
from shared.store.voice_seals import VoiceSeal, new_speaker_key

_SPEAKERS, _SAMPLES = cast(Table, Speaker.__table__), cast(Table, Sample.__table__)
# Made once, of the tables and not of their classes: every request that names speakers asks this. By the row's
# key, since PostgreSQL cannot group by JSON.
_TOTALS = (
    select(
        _SPEAKERS.c.speaker_id,
        _SPEAKERS.c.consent,
        func.coalesce(func.sum(_SAMPLES.c.speech_seconds), 0.0),
        func.coalesce(func.sum(_SAMPLES.c.audio_seconds), 0.0),
    )
    .select_from(_SPEAKERS.outerjoin(_SAMPLES, _SAMPLES.c.speaker_key == _SPEAKERS.c.id))
    .where(_SPEAKERS.c.tenant_id == bindparam("tenant_id"))
    .group_by(_SPEAKERS.c.id)
    .order_by(_SPEAKERS.c.speaker_id)
)
_IS_NAMED = _SPEAKERS.c.speaker_id.in_(bindparam("speaker_ids", expanding=True))
_NAMED = _TOTALS.where(_IS_NAMED)


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
        query = _TOTALS.limit(limit) if limit is not None else _TOTALS
        if after is not None:
            query = query.where(_SPEAKERS.c.speaker_id > after)
        values: dict[str, Any] = {"tenant_id": self._tenant_id}
        if speaker_ids is not None:
            query = _NAMED if query is _TOTALS else query.where(_IS_NAMED)
            values["speaker_ids"] = list(speaker_ids)
        return [
            SpeakerSummary(
                speaker_id, speech, audio, self._complete_seconds, Consent.from_json(kept) if kept else None
            )
            for speaker_id, kept, speech, audio in self._session.execute(query, values)
        ]

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
        consent: dict[str, Any] | None = None,
    ) -> str:
        """Add a sample and its exemplars (num_lines, num_dimensions), to a new speaker if need be. Its id.

        Without ``warnings``, the review that is now due finds them; without ``consent``, the speaker's stays.
        Raises ConsentRequired.
        """
        consents.require(self._session, self._tenant_id, speaker_id, consent)
        sample_id = sample_id or new_id()
        speaker_key, seal = self._speaker(speaker_id, data_key)
        consents.keep(self._session, speaker_key, consent)
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
        sealed = seal.seal(exemplars, sample_id, model_id)
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

    def _speaker(self, speaker_id: str, data_key: bytes) -> tuple[str, VoiceSeal]:
        """The key of the speaker's row, which is made if need be, and what seals his voiceprints."""
        query = select(Speaker.id, Speaker.wrapped_key).where(
            Speaker.tenant_id == self._tenant_id, Speaker.speaker_id == speaker_id
        )
        found = self._session.execute(query).first()
        if found is None:
            key = new_id()
            wrapped = new_speaker_key(data_key, self._tenant_id, key)
            new = Speaker(id=key, tenant_id=self._tenant_id, speaker_id=speaker_id, wrapped_key=wrapped)
            try:
                with self._session.begin_nested():
                    self._session.add(new)
            except IntegrityError:
                pass  # another enrolment of the same id came first; his row serves both
            found = self._session.execute(query).one()
        return found.id, VoiceSeal(data_key, found.wrapped_key, self._tenant_id, found.id)

    def voiceprints(
        self, speaker_ids: Iterable[str] | None, *, model_id: str, data_key: bytes
    ) -> list[StoredVoiceprint]:
        """Every voiceprint that ``model_id`` made of those named, or of all; by speaker, oldest first."""
        query = (
            select(
                Speaker.id.label("speaker_key"),
                Speaker.speaker_id,
                Speaker.wrapped_key,
                Sample.id.label("sample_id"),
                Sample.speech_seconds,
                Sample.quality,
                Voiceprint.ciphertext,
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
        return [self._opened(row, model_id, data_key) for row in self._session.execute(query)]

    def _opened(self, row: Any, model_id: str, data_key: bytes) -> StoredVoiceprint:
        seal = VoiceSeal(data_key, row.wrapped_key, self._tenant_id, row.speaker_key)
        exemplars = seal.unseal(row.ciphertext, row.sample_id, model_id)
        line = Line(row.quality["line"]) if row.quality and "line" in row.quality else None
        return StoredVoiceprint(row.speaker_id, exemplars, row.speech_seconds, row.sample_id, line)

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
