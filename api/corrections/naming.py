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
    RollcallError,
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
        _lock_speaker(session, tenant_id, naming)
        job = _job(session, tenant_id, naming.job_id)
        numbers = _numbers_of(job, naming.voice)
        undoing: Kept = {}
        reviews: tuple[str, ...] = ()
        if naming.enroll and naming.speaker_id is not None:
            undoing, reviews = _enrol(services, log, job, numbers, naming)
        details = Details(
            (naming.speaker_id,), undoing, {} if naming.rematch else None, naming.digest() if key else None
        )
        state = ChangeState.PENDING if naming.rematch else ChangeState.DONE
        change = log.add(ChangeKind.NAMING, details, state=state, change_id=change_id)
        patch = JobPatch.between(job, result=_renamed(job, numbers, naming.speaker_id))
        return Written(change.id, tuple(log.alter(change, [(job, patch)])), reviews)


def _made_before(log: ChangeLog, change: Change, naming: Naming) -> Written:
    if log.details_of(change).digest != naming.digest():
        raise IdempotencyKeyReused
    return Written(change.id, is_new=False)


def _lock_speaker(session: Session, tenant_id: str, naming: Naming) -> None:
    """See that the speaker stays until the transaction ends; before his samples and jobs, as an erasure does.

    Raises SpeakerNotFound for one who does not exist and is not to be enrolled.
    """
    of_him = select(Speaker.id).where(Speaker.tenant_id == tenant_id, Speaker.speaker_id == naming.speaker_id)
    if session.scalar(of_him.with_for_update()) or naming.enroll or naming.speaker_id is None:
        return
    raise SpeakerNotFound(
        f"There is no speaker {naming.speaker_id!r}; send enroll true to enrol the voice as his.",
        field="speaker",
    )


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


def _enrol(
    services: Services, log: ChangeLog, job: Job, numbers: list[int], naming: Naming
) -> tuple[Kept, tuple[str, ...]]:
    """Make the voice a sample of the speaker: what undoes that, and whom to review."""
    speaker_id = str(naming.speaker_id)
    of_him = select(Speaker.consent).where(
        Speaker.tenant_id == log.tenant_id, Speaker.speaker_id == speaker_id
    )
    before = log.session.execute(of_him).first()
    try:
        sample = add_from_job(services, log.session, job, speaker_id, numbers=numbers, consent=naming.consent)
    except (VoicesNotKept, InsufficientSpeech) as refused:
        raise _with_remedy(refused, services, job, numbers) from None
    undoing: Kept = {"sample_id": sample.id, "made_speaker": before is None}
    if naming.consent is not None:
        undoing["consent"] = [before.consent if before else None, naming.consent]
    return undoing, (sample.speaker_key,)


def _with_remedy(refused: RollcallError, services: Services, job: Job, numbers: list[int]) -> RollcallError:
    """The same refusal, for who may give the name without enrolling."""
    if isinstance(refused, VoicesNotKept):
        why = "the job's voices are not kept any more."
    else:
        seconds, wanted_seconds = (
            seconds_of(segments_of(job, numbers)),
            services.settings.enroll_reject_seconds,
        )
        why = (
            f"the voice has {seconds:.1f} s of speech; an enrolment needs {wanted_seconds:g} s, in pieces "
            "that are long enough to tell a voice by."
        )
    message = f"enroll: {why} Send enroll false to give the name without."
    return type(refused)(message, field="enroll")
