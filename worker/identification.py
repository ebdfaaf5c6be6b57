"""The story of an identification: fetch audio → decode → recognise → store → notify."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from shared.domain import Segment
from shared.services import Services
from shared.settings import Settings
from shared.store import job_voices
from shared.store.called_now import as_called_now
from shared.store.ledger import Claim, Outcome
from shared.store.schema import Job
from shared.store.scrubbing import without_erased
from shared.store.speakers import Speakers, StoredVoiceprint
from shared.store.tenants import data_key
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.audio.reading import read_audio
from worker.diarization.clustering import Wishes
from worker.diarization.turns import Turn
from worker.engine import Engine
from worker.finishing import notify, store_result
from worker.kept_voices import KeptVoices, voices_of
from worker.patience import patiently
from worker.progress import Progress
from worker.recognition import recognise
from worker.voiceprints.matching import Decision, Match
from worker.voiceprints.space import windows_of
from worker.voiceprints.voiceprint import Voiceprint, combine


def identify(services: Services, engine: Engine, claim: Claim, progress: Progress) -> None:
    """Work on a claimed job from its audio to its answer. Raises the errors of bad audio, and ClaimLost."""
    job, settings = claim.job, services.settings
    samples = read_audio(services, job, progress)
    found = recognise(
        engine,
        samples,
        load_voiceprints(services, job.tenant_id, job.parameters.get("speaker_ids", []), engine.model_id),
        decision_of(job, settings),
        wishes=_wishes(job),
        exclusive=bool(job.parameters.get("exclusive")),
        on_progress=progress.report,
    )
    progress.stages.begin("storing")
    turns = found.diarization.turns
    labels = _labels(turns)
    segments = [_segment(turn, labels[turn.cluster], found.matches[turn.cluster]) for turn in turns]
    voices = patiently(lambda: KeptVoices(services, engine, job, voices_of(job, found, labels)))

    def store(session: Session) -> Outcome:
        voices.take_turn(session)
        kept = {"segments": [segment.to_json() for segment in segments], "line": str(found.line)}
        result, somebody_is_gone = _with_names_of_now(services, session, job, kept)
        if settings.job_voices_days and not somebody_is_gone:
            key = data_key(session, job.tenant_id, services.keyring)
            job_voices.keep(session, job, found.diarization.of_turns, model_id=engine.model_id, data_key=key)
            result = voices.keep(session, result)
        return Outcome(result, samples.size / SAMPLE_RATE_HERTZ, engine.model_id)

    notify(services, job, store_result(services, claim, store))


def _with_names_of_now(
    services: Services, session: Session, job: Job, kept: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    """A new result, as those in it are called now, without the erased; whether there were any."""

    def called() -> dict[str, Any]:
        begun = job.started_at or job.created_at
        return as_called_now(session, job.tenant_id, kept, begun, services.keyring)

    first = called()
    result, somebody_is_gone = without_erased(session, job.tenant_id, first)
    # Who is not there may have been renamed just now.
    if somebody_is_gone and (again := called()) != first:
        return without_erased(session, job.tenant_id, again)
    return result, somebody_is_gone


def _wishes(job: Job) -> Wishes:
    wished = job.parameters
    number = wished.get("num_speakers")
    return Wishes(number or wished.get("min_speakers") or 1, number or wished.get("max_speakers"))


def decision_of(job: Job, settings: Settings) -> Decision:
    """How sure a name has to be by a job's own terms."""
    return Decision(
        job.parameters.get("target_false_accept", settings.match_target_false_accept),
        job.parameters.get("threshold"),
        settings.match_margin,
    )


def load_voiceprints(
    services: Services, tenant_id: str, speaker_ids: Iterable[str], model_id: str
) -> list[Voiceprint]:
    """One voiceprint per speaker that is looked for, made of all his samples."""
    speaker_ids = list(speaker_ids)
    if not speaker_ids:
        return []
    with services.store.reading() as session:
        stored = Speakers(session, tenant_id, services.settings.enroll_complete_seconds).voiceprints(
            speaker_ids,
            model_id=model_id,
            data_key=data_key(session, tenant_id, services.keyring),
        )
    return list(_combined(stored))


def _combined(stored: Sequence[StoredVoiceprint]) -> Iterator[Voiceprint]:
    for speaker_id, group in groupby(stored, key=lambda voiceprint: voiceprint.speaker_id):
        samples = list(group)
        windows = [windows_of(sample.speech_seconds) for sample in samples]
        yield Voiceprint(speaker_id, combine([sample.exemplars for sample in samples], windows), sum(windows))


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
        confidence=match.confidence,
        reason=match.reason,
        candidates=match.candidates,
    )
