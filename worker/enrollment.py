"""The story of an enrolment: fetch audio → decode → find the speech → embed → store → notify."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shared.services import Services
from shared.store.ledger import Claim, Outcome
from shared.store.speakers import Speakers
from shared.store.tenants import data_key
from shared.wire.deepaffects import speaker_body
from worker.audio.reading import read_audio
from worker.diarization.turns import Span
from worker.engine import Engine
from worker.finishing import notify, store_result
from worker.progress import Progress
from worker.voiceprints.embedding import LEAST_SPEECH_SECONDS, embed_speech
from worker.voiceprints.guards import check_one_voice, check_quality, insufficient_speech
from worker.voiceprints.quality import SampleQuality, measure_quality
from worker.voiceprints.voices import second_voice_share, split
from worker.voiceprints.windows import embed_windows


@dataclass(frozen=True, eq=False)
class VoiceSample:
    """What is kept of an enrolment recording; ``vector`` has shape (dimensions,)."""

    vector: NDArray[np.float32]
    quality: SampleQuality


def enroll(services: Services, engine: Engine, claim: Claim, progress: Progress) -> None:
    """Work on a claimed job from its audio to the new sample. Raises ClaimLost, and like measure_voice."""
    progress.report("decoding")
    samples = read_audio(services, claim.job)
    progress.report("measuring")
    voice = measure_voice(engine, samples, services.settings.enroll_reject_seconds)

    def store(session: Session) -> Outcome:
        result = _add_sample(services, session, claim, voice, engine.model_id)
        return Outcome(result, voice.quality.audio_seconds, engine.model_id)

    notify(services, claim.job, store_result(services, claim, store))


def measure_voice(engine: Engine, samples: NDArray[np.float32], reject_seconds: float) -> VoiceSample:
    """The voice of a recording of one speaker.

    Raises InsufficientSpeech, AudioTooQuiet, AudioClipped and SeveralVoices.
    """
    spans = engine.speech_detector.speech_turns(samples)
    quality = measure_quality(samples, spans)
    check_quality(quality, reject_seconds)
    check_one_voice(_second_voice_share(engine, samples, spans))
    vector = embed_speech(engine.embedder, samples, spans)
    if vector is None:
        raise insufficient_speech(quality, LEAST_SPEECH_SECONDS)
    return VoiceSample(vector, quality)


def _second_voice_share(engine: Engine, samples: NDArray[np.float32], spans: Sequence[Span]) -> float | None:
    halves = split(embed_windows(engine.embedder, samples, spans))
    if halves and halves.are_two_voices:
        return halves.smaller_share
    if halves and halves.are_doubtful:
        return second_voice_share(engine.embedder, samples, engine.diarizer.diarize(samples))
    return None


def _add_sample(
    services: Services, session: Session, claim: Claim, voice: VoiceSample, model_id: str
) -> dict[str, Any]:
    job = claim.job
    speaker_id = job.parameters["speaker_id"]
    speakers = Speakers(session, job.tenant_id, services.settings.enroll_complete_seconds)
    sample_id = speakers.add_sample(
        speaker_id,
        voice.vector,
        job_id=job.id,
        audio_seconds=voice.quality.audio_seconds,
        speech_seconds=voice.quality.speech_seconds,
        model_id=model_id,
        quality=voice.quality.to_json(),
        data_key=data_key(session, job.tenant_id, services.keyring),
    )
    return speaker_body(speakers.summaries([speaker_id])[0]) | {"sample_id": sample_id}
