"""Saying whose a voice of a finished job is: in its result, and as a sample of the speaker."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.voice_samples import add_from_job, seconds_of, segments_of
from shared.corrections import ChangeKind, ChangeState, VoiceName
from shared.domain import JobKind, JobState
from shared.errors import (
    IdempotencyKeyReused,
    InsufficientSpeech,
    JobNotFound,
    ResultNotReady,
    SpeakerNotFound,
    VoiceNotFound,
    VoicesNotKept,
)
from shared.services import Services
from shared.store import jobs
from shared.store.change_details import Details, Written
from shared.store.changes import ChangeLog
from shared.store.patches import JobPatch
from shared.store.schema import Change, Job, Speaker

Kept = dict[str, Any]


@dataclass(frozen=True)
class Naming:
    """That a voice of a job, by its name or label, is a speaker's; None: nobody's who is enrolled."""

    job_id: str
    voice: str
    speaker_id: str | None
    enroll: bool = True
    rematch: bool = False
    consent: Kept | None = None

    def digest(self) -> str:
        """The same for the same request."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def name_voice(services: Services, tenant_id: str, naming: Naming, key: str | None) -> Written:
    """Correct a job's result and, if wanted, enrol the voice; with the same idempotency key, once.

    Raises JobNotFound, VoiceNotFound, ResultNotReady, SpeakerNotFound, IdempotencyKeyReused, and the errors
    of an enrolment by reference.
    """
    change_id = str(uuid5(NAMESPACE_OID, f"naming/{tenant_id}/{key}")) if key else None
    with services.store.writing() as session:
        log = ChangeLog.of(session, tenant_id, services.keyring)
        log.one_at_a_time()
        if change_id and (made := log.get(change_id)):
            return _made_before(log, made, naming)
        speaker_key = _lock_speaker(session, tenant_id, naming)
        job = _job(session, tenant_id, naming.job_id)
        numbers = _numbers_of(job, naming.voice)
        undoing: Kept = {}
        reviews: tuple[str, ...] = ()
        if naming.enroll and naming.speaker_id is not None:
            undoing, reviews = _enrol(services, log, job, numbers, naming, speaker_key)
        details = Details(
            (naming.speaker_id,), undoing, {} if naming.rematch else None, naming.digest() if key else None
        )
        state = ChangeState.PENDING if naming.rematch else ChangeState.DONE
        change = log.add(ChangeKind.NAMING, details, state=state, change_id=change_id)
        patch = JobPatch.between(job, result=_renamed(job, numbers, naming.speaker_id))
        return Written(change.id, tuple(log.alter(change, [(job, patch)])), reviews)


def _made_before(log: ChangeLog, change: Change, naming: Naming) -> Written:
    if log.details_of(change).digest != naming.digest():
        raise IdempotencyKeyReused(
            "Idempotency-Key was used before with another request; choose a new one.", field="Idempotency-Key"
        )
    return Written(change.id)


def _lock_speaker(session: Session, tenant_id: str, naming: Naming) -> str | None:
    """The key of the speaker's row, which stays until the transaction ends; None for nobody, or a new one.

    Raises SpeakerNotFound for one who does not exist and is not to be enrolled.
    """
    if naming.speaker_id is None:
        return None
    of_him = select(Speaker.id).where(Speaker.tenant_id == tenant_id, Speaker.speaker_id == naming.speaker_id)
    key = session.scalar(of_him.with_for_update())
    if key is None and not naming.enroll:
        raise SpeakerNotFound(
            f"There is no speaker {naming.speaker_id!r}; send enroll true to enrol the voice as his.",
            field="speaker",
        )
    return key


def _job(session: Session, tenant_id: str, job_id: str) -> Job:
    job = jobs.get_of_tenant(session, tenant_id, job_id)
    if job is None:
        raise JobNotFound(f"There is no job {job_id!r}; GET /v1/jobs lists those there are.")
    if job.state != JobState.SUCCEEDED:
        raise ResultNotReady(f"The job is {job.state}; only voices of a job that succeeded can be named.")
    return job


def _numbers_of(job: Job, voice: str) -> list[int]:
    """Numbers of the segments of a voice: those that have the name, or else strangers of that label, or else
    those that have the label beside their name. Raises VoiceNotFound."""
    segments = [] if job.kind == JobKind.ENROLL else (job.result or {})["segments"]
    names = [VoiceName.of(one) for one in segments]
    named = [number for number, one in enumerate(names) if one.speaker_id == voice]
    labelled = [number for number, one in enumerate(names) if one.label == voice]
    strangers = [number for number in labelled if names[number].speaker_id is None]
    if found := named or strangers or labelled:
        return found
    there = dict.fromkeys(one.speaker_id or one.label for one in names)
    raise VoiceNotFound(
        f"voice must be one of the job's: {', '.join(there)}." if there else "The job has no voices.",
        field="voice",
    )


def _renamed(job: Job, numbers: list[int], speaker_id: str | None) -> Kept:
    kept = job.result or {}
    # A person said so: that is neither likely nor unlikely.
    said = {"speaker_id": speaker_id, "confidence": None, "reason": None, "corrected": True}
    chosen = set(numbers)
    segments = [one | said if number in chosen else one for number, one in enumerate(kept["segments"])]
    return kept | {"segments": segments}


def _enrol(  # noqa: PLR0917
    services: Services,
    log: ChangeLog,
    job: Job,
    numbers: list[int],
    naming: Naming,
    speaker_key: str | None,
) -> tuple[Kept, tuple[str, ...]]:
    """Make the voice a sample of the speaker: what undoes that, and whom to review."""
    consent_before = _consent_of(log.session, speaker_key)
    try:
        sample = add_from_job(
            services, log.session, job, str(naming.speaker_id), numbers=numbers, consent=naming.consent
        )
    except VoicesNotKept:
        raise VoicesNotKept(
            "enroll: the job's voices are not kept any more; send enroll false to give the name without.",
            field="enroll",
        ) from None
    except InsufficientSpeech:
        seconds, wanted_seconds = (
            seconds_of(segments_of(job, numbers)),
            services.settings.enroll_reject_seconds,
        )
        raise InsufficientSpeech(
            f"enroll: the voice has {seconds:.1f} s of speech; an enrolment needs {wanted_seconds:g} s, in "
            "pieces that are long enough to tell a voice by. Send enroll false to give the name without.",
            field="enroll",
        ) from None
    undoing: Kept = {"sample_id": sample.id, "made_speaker": speaker_key is None}
    if naming.consent is not None:
        undoing["consent"] = [consent_before, naming.consent]
    return undoing, (sample.speaker_key,)


def _consent_of(session: Session, speaker_key: str | None) -> Kept | None:
    return session.scalar(select(Speaker.consent).where(Speaker.id == speaker_key)) if speaker_key else None
