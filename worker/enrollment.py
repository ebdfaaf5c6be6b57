"""The story of an enrolment: fetch audio → decode → find the speech → embed → store → notify."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shared.errors import InsufficientSpeech
from shared.services import Services
from shared.store.ledger import Claim, Outcome
from shared.store.speakers import Speakers
from shared.store.tenants import data_key
from shared.wire.deepaffects import speaker_body
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.audio.reading import read_audio
from worker.diarization.turns import total_seconds
from worker.engine import Engine
from worker.finishing import notify, store_result
from worker.progress import Progress
from worker.voiceprints.embedding import embed_speech


@dataclass(frozen=True, eq=False)
class VoiceSample:
    """What is kept of an enrolment recording; ``vector`` has shape (dimensions,)."""

    vector: NDArray[np.float32]
    audio_seconds: float
    speech_seconds: float


def enroll(services: Services, engine: Engine, claim: Claim, progress: Progress) -> None:
    """Work on a claimed job from its audio to the new sample. Raises InsufficientSpeech and ClaimLost."""
    progress.report("decoding")
    samples = read_audio(services, claim.job)
    progress.report("measuring")
    voice = measure_voice(engine, samples, services.settings.enroll_reject_seconds)

    def store(session: Session) -> Outcome:
        result = _add_sample(services, session, claim, voice, engine.model_id)
        return Outcome(result, voice.audio_seconds, engine.model_id)

    notify(services, claim.job, store_result(services, claim, store))


def measure_voice(engine: Engine, samples: NDArray[np.float32], reject_seconds: float) -> VoiceSample:
    """The voice of a recording of one speaker. Raises InsufficientSpeech."""
    spans = engine.speech_detector.speech_turns(samples)
    speech_seconds = total_seconds(spans)
    vector = embed_speech(engine.embedder, samples, spans)
    if vector is None or speech_seconds < reject_seconds:
        raise InsufficientSpeech(
            f"Insufficient speech content in audio: content has {speech_seconds:.1f} s of speech; "
            f"send a recording with at least {reject_seconds:g} s of it.",
            field="content",
        )
    return VoiceSample(vector, samples.size / SAMPLE_RATE_HERTZ, speech_seconds)


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
        audio_seconds=voice.audio_seconds,
        speech_seconds=voice.speech_seconds,
        model_id=model_id,
        data_key=data_key(session, job.tenant_id, services.keyring),
    )
    return speaker_body(speakers.summaries([speaker_id])[0]) | {"sample_id": sample_id}
