"""The story of an identification: fetch audio → decode → diarize → match → store → notify."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shared.domain import Segment
from shared.services import Services
from shared.store import job_voices
from shared.store.ledger import Claim, Outcome
from shared.store.schema import Job
from shared.store.speakers import Speakers, StoredVoiceprint
from shared.store.tenants import data_key
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.audio.reading import read_audio
from worker.diarization.turns import Turn
from worker.engine import Engine
from worker.finishing import notify, store_result
from worker.progress import Progress
from worker.voiceprints.embedding import Embeds, embed_speech
from worker.voiceprints.matching import Gallery, Match, Voiceprint, combine, settle_claims
from worker.voiceprints.naming import match_voices

Samples = NDArray[np.float32]


def identify(services: Services, engine: Engine, claim: Claim, progress: Progress) -> None:
    """Work on a claimed job from its audio to its answer. Raises the errors of bad audio, and ClaimLost."""
    job, settings = claim.job, services.settings
    progress.report("decoding")
    samples = read_audio(services, job)
    turns = engine.diarizer.diarize(samples, **_wished_speakers(job), on_progress=progress.report)
    progress.report("matching")
    gallery = load_gallery(services, job, engine.model_id)
    threshold = job.parameters.get("threshold", settings.match_threshold)
    matches = match_voices(engine.embedder, samples, turns, gallery, threshold)
    matches = settle_claims(matches, 0.0 if job.parameters.get("exclusive") else settings.match_margin)
    labels = _labels(turns)
    segments = [_segment(turn, labels[turn.cluster], matches[turn.cluster]) for turn in turns]
    voices = embed_turns(engine.embedder, samples, turns)

    def store(session: Session) -> Outcome:
        if settings.job_voices_days:
            key = data_key(session, job.tenant_id, services.keyring)
            job_voices.keep(session, job, voices, model_id=engine.model_id, data_key=key)
        result = {"segments": [segment.to_json() for segment in segments], "threshold": threshold}
        return Outcome(result, samples.size / SAMPLE_RATE_HERTZ, engine.model_id)

    notify(services, job, store_result(services, claim, store))


def _wished_speakers(job: Job) -> dict[str, int]:
    names = ("num_speakers", "min_speakers", "max_speakers")
    return {name: job.parameters[name] for name in names if job.parameters.get(name)}


def load_gallery(services: Services, job: Job, model_id: str) -> Gallery:
    """One voiceprint per speaker that the job asks for, made of all his samples."""
    with services.store.reading() as session:
        stored = Speakers(session, job.tenant_id, services.settings.enroll_complete_seconds).voiceprints(
            job.parameters.get("speaker_ids", []),
            model_id=model_id,
            data_key=data_key(session, job.tenant_id, services.keyring),
        )
    return Gallery(_combined(stored))


def _combined(stored: Sequence[StoredVoiceprint]) -> Iterator[Voiceprint]:
    for speaker_id, group in groupby(stored, key=lambda voiceprint: voiceprint.speaker_id):
        samples = list(group)
        vectors = [sample.vector for sample in samples]
        yield Voiceprint(speaker_id, combine(vectors, [sample.speech_seconds for sample in samples]))


def embed_turns(embedder: Embeds, samples: Samples, turns: Sequence[Turn]) -> NDArray[np.float32]:
    """One embedding per turn, shape (num_turns, dimensions); NaN where a turn is too short for one."""
    found = [embed_speech(embedder, samples, [turn.span]) for turn in turns]
    dimensions = next((vector.size for vector in found if vector is not None), 0)
    nothing = np.full(dimensions, np.nan, np.float32)
    return np.array([nothing if vector is None else vector for vector in found], np.float32)


def _labels(turns: Sequence[Turn]) -> dict[str, str]:
    """speaker1, speaker2, … for the clusters, in the order in which they are first heard."""
    heard = dict.fromkeys(turn.cluster for turn in turns)
    return {cluster: f"speaker{number}" for number, cluster in enumerate(heard, 1)}


def _segment(turn: Turn, label: str, match: Match) -> Segment:
    return Segment(
        start_seconds=turn.start_seconds,
        end_seconds=turn.end_seconds,
        label=label,
        speaker_id=match.speaker_id,
        cosine_score=match.cosine_score if match.nearest_id else None,
        reason=match.reason,
        candidates=match.candidates,
    )
