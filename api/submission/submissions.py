"""Accepting a request as a job, once, and waiting for its end."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.submission.admission import check_backlog, check_quota, check_speakers, check_wait
from api.submission.audio import AudioInput, check_audio
from api.submission.drains import Drains
from api.submission.waiting import WaitingRoom, wait_for_end
from shared.domain import AudioSource, Dialect, JobKind, JobState
from shared.errors import (
    InternalError,
    JobCanceled,
    Overloaded,
    RequestIdReused,
    StorageUnavailable,
    error_from_code,
)
from shared.group import GroupWrites
from shared.logging import HTTP_REQUEST_ID, bound_to_log, log
from shared.metrics import definitions
from shared.queue import SYNC, WAITED_FOR_QUEUES
from shared.services import Services
from shared.store import consents, jobs
from shared.store.schema import Job, new_id
from shared.store.speakers import Speakers
from shared.store.tenants import Caller

FIRST_SERVER_ERROR = 500
# For health checks and for requests that are only accepted.
KEPT_FREE_THREADS = 4


@dataclass(frozen=True)
class Submission:
    """A validated request of any dialect."""

    caller: Caller
    kind: JobKind
    queue: str
    audio: AudioInput
    language: str
    parameters: dict[str, Any]
    webhook_url: str | None = None
    request_id: str | None = None
    dialect: Dialect = Dialect.DEEPAFFECTS
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] | None = None
    """The parameters as the caller wrote them, where ``parameters`` holds what they mean at this moment."""

    def digest(self) -> str:
        """Equal for requests that ask for the same."""
        asked = [self.kind, self.audio.digest(), self.audio.encoding, self.audio.sample_rate_hertz]
        text = json.dumps(
            [*asked, self.language, self.asked or self.parameters, self.webhook_url, self.metadata],
            sort_keys=True,
        )
        return hashlib.sha256(text.encode()).hexdigest()


class Submissions:
    """Turns submissions into jobs."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._commits = GroupWrites(self._commit_all)
        self._sends = GroupWrites(self._send_all)
        self._drains = Drains(services)
        self.waiting_room = WaitingRoom(
            services.settings.gateway_threads - KEPT_FREE_THREADS, self._seconds_for_a_seat
        )

    def ask(self, submission: Submission) -> dict[str, Any]:
        """Accept a submission and wait for its result. Raises the job's error, WaitEnded, or Overloaded."""
        with self.waiting_room.seat(submission.caller.tenant_id):
            return self.answer(self.accept(submission))

    def accept(self, submission: Submission) -> Job:
        """Check, store and queue a submission; the same request id with the same body is the same job.

        Raises the errors of a bad request; then nothing is left behind.
        """
        # One transaction for all that is asked of the ledger, which costs more than its answers.
        with self._services.store.reading() as session:
            check_quota(session, submission.caller)
            check_audio(submission.audio, self._services.egress)
            if submission.webhook_url:
                self._services.egress.check_url(submission.webhook_url, "webhook")
            known = self._known(session, submission)
            if known:
                return known
            self._check_load(session, submission)
            self._check_speakers(session, submission)
        return self._store(submission)

    def answer(self, job: Job) -> dict[str, Any]:
        """Wait for a job's end and return its result. Raises the job's error, or WaitEnded."""
        ended = self.wait(job, self._services.settings.sync_wait_seconds)
        if ended is None:
            raise Overloaded("The request was refused while this one waited for it; send it again.")
        if ended.state == JobState.SUCCEEDED:
            return ended.result or {}
        stored = ended.error or {"code": JobCanceled.code, "message": "The job was canceled meanwhile."}
        error = error_from_code(stored["code"], stored["message"], stored.get("field"))
        if error.http_status < FIRST_SERVER_ERROR:
            with self._services.store.writing() as session:
                jobs.forget(session, ended.id)
        raise error

    def wait(self, job: Job, seconds: float) -> Job | None:
        """The job once it is final; None if it was removed meanwhile. Raises WaitEnded."""
        return wait_for_end(self._services, job, seconds)

    def _seconds_for_a_seat(self) -> float:
        try:
            return self._drains.of(SYNC).seconds_for(1)
        except RedisError:
            return Overloaded.USUAL_RETRY_SECONDS

    def _check_load(self, session: Session, submission: Submission) -> None:
        caller, queue = submission.caller, submission.queue
        if queue in WAITED_FOR_QUEUES:
            check_wait(session, caller, queue, self._drains, self._services.settings.sync_wait_seconds)
        else:
            check_backlog(self._services, session, caller, queue, self._drains)

    def _check_speakers(self, session: Session, submission: Submission) -> None:
        tenant_id, wanted = submission.caller.tenant_id, submission.parameters
        if submission.kind == JobKind.ENROLL:
            consents.require(session, tenant_id, wanted["speaker_id"], wanted.get("consent"))
        speakers = Speakers(session, tenant_id, self._services.settings.enroll_complete_seconds)
        check_speakers(
            speakers,
            wanted.get("speaker_ids", []),
            "speakers" if submission.dialect == Dialect.V1 else "speakerIds",
        )

    def _known(self, session: Session, submission: Submission) -> Job | None:
        if not submission.request_id:
            return None
        job = jobs.find_by_request(session, submission.caller.tenant_id, submission.request_id)
        if job and job.request_digest != submission.digest():
            raise RequestIdReused(
                "request_id was used before with another body; choose a new one for a new request.",
                field="request_id",
            )
        return job

    def _store(self, submission: Submission) -> Job:
        job_id = new_id()
        blob_key = None
        if submission.audio.content is not None:
            blob_key = f"{submission.caller.tenant_id}/{job_id}"
            self._services.blobs.put(blob_key, submission.audio.content.file)
        job = self._commit(submission, job_id, blob_key)
        if job is None:
            with self._services.store.reading() as session:
                known = self._known(session, submission)
            if known is None:
                raise InternalError("The request could not be stored; send it again.")
            return known
        self._sends.write(job)
        self._services.tracer.note({"rollcall.job.id": job.id, "rollcall.job.kind": job.kind})
        log.info("job_accepted", job_id=job.id, tenant_id=job.tenant_id, kind=job.kind, queue=job.queue)
        self._services.metrics.count(definitions.JOBS_ACCEPTED, kind=job.kind, queue=job.queue)
        return job

    def _commit(self, submission: Submission, job_id: str, blob_key: str | None) -> Job | None:
        audio = submission.audio
        new = jobs.NewJob(
            id=job_id,
            tenant_id=submission.caller.tenant_id,
            request_id=submission.request_id or job_id,
            request_digest=submission.digest(),
            kind=submission.kind,
            queue=submission.queue,
            audio=AudioSource(blob_key, audio.url, audio.encoding, audio.sample_rate_hertz),
            language=submission.language,
            parameters=submission.parameters | audio.wording(),
            webhook_url=submission.webhook_url,
            dialect=submission.dialect,
            caller_metadata=submission.metadata,
            http_request_id=bound_to_log(HTTP_REQUEST_ID),
            trace_parent=self._services.tracer.traceparent(),
        )
        try:
            job = self._commits.write(new)
        except BaseException:
            self._drop_audio_without_job(new)
            raise
        if job is None and blob_key:
            self._services.blobs.delete(blob_key)
        return job

    def _commit_all(self, new: Sequence[jobs.NewJob]) -> list[Job | None]:
        with self._services.store.writing() as session:
            return jobs.submit_all(session, new, self._services.keyring)

    def _send_all(self, accepted: Sequence[Job]) -> list[None]:
        self._services.queue.send_jobs((job.id, job.kind, job.queue) for job in accepted)
        return [None] * len(accepted)

    def _drop_audio_without_job(self, new: jobs.NewJob) -> None:
        """A commit that fails may have come through; only the ledger knows whether the audio is needed.

        If it cannot tell now, collection finds the audio later.
        """
        try:
            with self._services.store.reading() as session:
                committed = jobs.get(session, new.id) is not None
            if new.audio.blob_key and not committed:
                self._services.blobs.delete(new.audio.blob_key)
        except (SQLAlchemyError, StorageUnavailable):
            log.warning("audio_left_to_collection", job_id=new.id)
