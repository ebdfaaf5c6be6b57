"""The story of an enrolment: fetch audio → decode → check the speech → embed → compare → store → notify."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shared.domain import Line
from shared.review import SampleWarning
from shared.services import Services
from shared.store.ledger import Claim, Outcome
from shared.store.scrubbing import erased_of
from shared.store.speakers import Speakers
from shared.store.tenants import data_key
from shared.wire.deepaffects import speaker_body
from worker.audio.reading import read_audio
from worker.diarization.clustering import Wishes
from worker.engine import Engine
from worker.finishing import notify, store_result
from worker.progress import Progress
from worker.review import review_at_once, warnings_about
from worker.voiceprints.exemplars import exemplars
from worker.voiceprints.guards import check_one_voice, check_quality
from worker.voiceprints.likeness import EnrolledVoice
from worker.voiceprints.lines import line_of
from worker.voiceprints.quality import SampleQuality, measure_quality
from worker.voiceprints.space import windows_of
from worker.voiceprints.speech import longest, speech_samples

LEAST_SPEECH_SECONDS: Final = 0.4
"""Less speech than this says nothing about whose voice it is, whatever the settings allow."""


@dataclass(frozen=True, eq=False)
class VoiceSample:
    """What is kept of an enrolment recording; ``exemplars`` has shape (num_lines, num_dimensions)."""

    exemplars: NDArray[np.float32]
    quality: SampleQuality
    line: Line

    def of(self, speaker_id: str) -> EnrolledVoice:
        """The sample as one of a speaker's, to compare with others."""
        return EnrolledVoice(speaker_id, self.exemplars, windows_of(self.quality.speech_seconds), self.line)


def enroll(services: Services, engine: Engine, claim: Claim, progress: Progress) -> None:
    """Work on a claimed job from its audio to the new sample. Raises ClaimLost, and like measure_voice."""
    job, speaker_id = claim.job, claim.job.parameters["speaker_id"]
    samples = read_audio(services, job, progress)
    progress.report("measuring")
    voice = measure_voice(engine, samples, services.settings.enroll_reject_seconds)
    progress.report("comparing")
    warnings = warnings_about(services, engine, job.tenant_id, voice.of(speaker_id))

    def store(session: Session) -> Outcome:
        result = _add_sample(services, session, claim, voice, warnings=warnings, model_id=engine.model_id)
        return Outcome(result, voice.quality.audio_seconds, engine.model_id)

    progress.stages.begin("storing")
    delivery = store_result(services, claim, store)
    # Before the notice, so that whoever it wakes finds the review done.
    review_at_once(services, engine, job.tenant_id, speaker_id)
    notify(services, job, delivery)


def measure_voice(engine: Engine, samples: NDArray[np.floating[Any]], reject_seconds: float) -> VoiceSample:
    """The voice of a recording of one speaker.

    Raises InsufficientSpeech, AudioTooQuiet, AudioClipped and SeveralVoices.
    """
    diarizer = engine.diarizer
    heard = diarizer.hear(samples)
    spans = diarizer.assemble(heard, samples, Wishes()).speech
    quality = measure_quality(samples, spans)
    check_quality(quality, max(reject_seconds, LEAST_SPEECH_SECONDS))
    check_one_voice(diarizer.second_voice_share(heard))
    line = line_of(samples, spans)
    speech = speech_samples(samples, longest(spans))
    return VoiceSample(exemplars(diarizer.embed, speech, line), quality, line)


def _add_sample(
    services: Services,
    session: Session,
    claim: Claim,
    voice: VoiceSample,
    *,
    warnings: list[SampleWarning] | None,
    model_id: str,
) -> dict[str, Any]:
    job = claim.job
    speaker_id = job.parameters["speaker_id"]
    # Whoever was erased while this one was compared with him is not named.
    gone = erased_of(session, job.tenant_id, (warning.speaker_id for warning in warnings or ()))
    warnings = warnings and [warning for warning in warnings if warning.speaker_id not in gone]
    speakers = Speakers(session, job.tenant_id, services.settings.enroll_complete_seconds)
    sample_id = speakers.add_sample(
        speaker_id,
        voice.exemplars,
        job_id=job.id,
        audio_seconds=voice.quality.audio_seconds,
        speech_seconds=voice.quality.speech_seconds,
        model_id=model_id,
        quality=voice.quality.to_json() | {"line": voice.line},
        data_key=data_key(session, job.tenant_id, services.keyring),
        warnings=warnings,
        consent=job.parameters.get("consent"),
    )
    found = {"sample_id": sample_id, "warnings": [warning.to_json() for warning in warnings or []]}
    return speaker_body(speakers.summaries([speaker_id])[0]) | found
