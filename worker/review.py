"""The story of a review: read who is enrolled → compare one speaker with himself and with all → store."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.crypto import DecryptionError
from shared.domain import Line
from shared.logging import log
from shared.review import Review, SampleWarning
from shared.services import Services
from shared.store import reviews
from shared.store.speakers import Speakers, StoredVoiceprint
from shared.store.tenants import data_key
from worker.engine import Engine
from worker.voiceprints.judging import Judge
from worker.voiceprints.likeness import EnrolledVoice, joined
from worker.voiceprints.space import windows_of

UNREADABLE: Final = (SQLAlchemyError, DecryptionError)
"""What reading voiceprints may raise."""


def review(services: Services, engine: Engine, speaker_key: str) -> None:
    """Find what his samples have become for a speaker, if that is due; harmless to repeat.

    Without it nothing is enrolled or named differently.
    """
    with services.store.reading() as session:
        # Before his samples: whoever changes them later makes the review of what is read here void.
        speaker = reviews.find_due(session, speaker_key)
        if speaker is None:
            return
        enrolled = read_enrolled(services, session, engine, speaker.tenant_id)
        unwarned = reviews.unwarned_samples(session, speaker_key)
    found = _find(judge_of(services, engine), enrolled, speaker.speaker_id, unwarned)
    with services.store.writing() as session:
        written = reviews.record(session, speaker, found)
    log.info("speaker_reviewed", speaker_key=speaker_key, written=written)


def review_at_once(services: Services, engine: Engine, tenant_id: str, speaker_id: str) -> None:
    """Review a speaker whose samples this worker has just changed; what fails is left to the sweep."""
    try:
        with services.store.reading() as session:
            speakers = Speakers(session, tenant_id, services.settings.enroll_complete_seconds)
            speaker_key = speakers.key_of(speaker_id)
        if speaker_key is not None:
            review(services, engine, speaker_key)
    except UNREADABLE as error:
        log.warning("review_postponed", error=type(error).__name__)


def warnings_about(
    services: Services, engine: Engine, tenant_id: str, sample: EnrolledVoice
) -> list[SampleWarning] | None:
    """What is odd about a sample before it is added to its speaker; None if that is left to a review."""
    try:
        with services.store.reading() as session:
            enrolled = read_enrolled(services, session, engine, tenant_id)
    except UNREADABLE as error:
        # Whatever is wrong with other samples, it is no reason to refuse this one.
        log.warning("sample_not_compared", error=type(error).__name__)
        return None
    earlier = [voice_of(one) for one in enrolled if one.speaker_id == sample.speaker_id]
    judge = judge_of(services, engine)
    return judge.warnings(sample, earlier, _others(enrolled, sample.speaker_id))


def read_enrolled(
    services: Services, session: Session, engine: Engine, tenant_id: str
) -> list[StoredVoiceprint]:
    """All samples of a tenant's speakers that this engine can compare; by speaker, oldest first."""
    speakers = Speakers(session, tenant_id, services.settings.enroll_complete_seconds)
    key = data_key(session, tenant_id, services.keyring)
    return speakers.voiceprints(None, model_id=engine.model_id, data_key=key)


def judge_of(services: Services, engine: Engine) -> Judge:
    """Decides as an identification does by default."""
    return Judge(engine.scorer, engine.calibration, services.settings.match_target_false_accept)


def voice_of(stored: StoredVoiceprint) -> EnrolledVoice:
    """A stored sample, to compare; one of unknown line counts as what it has first."""
    windows = windows_of(stored.speech_seconds)
    voice = EnrolledVoice(stored.speaker_id, stored.exemplars, windows, stored.line or Line.WIDEBAND)
    if voice.line in voice.lines:
        return voice
    return EnrolledVoice(stored.speaker_id, stored.exemplars, windows, voice.lines[0])


def _others(enrolled: Sequence[StoredVoiceprint], speaker_id: str) -> list[EnrolledVoice]:
    """All speakers but one."""
    return [
        joined([voice_of(sample) for sample in samples])
        for other_id, samples in groupby(enrolled, key=lambda one: one.speaker_id)
        if other_id != speaker_id
    ]


def _find(judge: Judge, enrolled: Sequence[StoredVoiceprint], speaker_id: str, unwarned: set[str]) -> Review:
    stored = [one for one in enrolled if one.speaker_id == speaker_id]
    if not stored:
        return Review({}, {}, [])
    samples, others = [voice_of(one) for one in stored], _others(enrolled, speaker_id)
    return Review(
        warnings={
            one.sample_id: judge.warnings(samples[place], samples[:place], others)
            for place, one in enumerate(stored)
            if one.sample_id in unwarned
        },
        agreements={
            one.sample_id: judge.agreement(samples[place], samples[:place] + samples[place + 1 :])
            for place, one in enumerate(stored)
        },
        resemblances=judge.resemblances(joined(samples), others),
    )
