"""Identify and diarize: synchronous and asynchronous."""

from typing import Any

from flask import request

from api.authentication import current_caller, needs
from api.context import close_after_request, services, submissions
from api.deepaffects import examples
from api.deepaffects.answers import Accepted, Diarization, Identification
from api.deepaffects.blueprint import JOB_ERRORS, PREFIX, SPEAKER_ERRORS, SUBMISSION_ERRORS, dialect
from api.deepaffects.schemas import AsyncQuery, DiarizeBody, IdentifyBody, SubmitQuery
from api.intake.base64_text import decoded
from api.submission import AudioInput, Submission
from api.submission.audio import stage
from shared.domain import JobKind, Scope
from shared.queue import ASYNC, SYNC
from shared.wire.deepaffects import response_body

SYNC_IDENTIFY = f"{PREFIX}/v2/sync/diarization/identify"
ASYNC_IDENTIFY = f"{PREFIX}/v2/async/diarization/identify"
SYNC_DIARIZE = f"{PREFIX}/v2/sync/diarize"
ASYNC_DIARIZE = f"{PREFIX}/v2/async/diarize"
ACCEPTED = "Accepted; the answer goes to the webhook."
TO_STATUS = {
    "status": {
        "operationId": "deepaffectsReadStatusV1",
        "parameters": {"request_id": "$response.body#/request_id"},
        "description": "Where the job stands.",
    }
}


@dialect.post(SYNC_IDENTIFY)
@dialect.arguments(IdentifyBody, example=examples.IDENTIFY)
@dialect.arguments(SubmitQuery, location="query")
@dialect.answers(200, Identification, "Who speaks when.", example=examples.IDENTIFIED)
@dialect.submits
@dialect.fails_with(*SUBMISSION_ERRORS, *SPEAKER_ERRORS, *JOB_ERRORS)
@needs(Scope.IDENTIFY)
def identify_sync(body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Answer with the segments, once the job is done."""
    return _answered(_identification(body, query, SYNC))


@dialect.post(ASYNC_IDENTIFY)
@dialect.arguments(IdentifyBody, example=examples.IDENTIFY)
@dialect.arguments(AsyncQuery, location="query")
@dialect.answers(202, Accepted, ACCEPTED, example=examples.accepted(ASYNC_IDENTIFY), links=TO_STATUS)
@dialect.submits
@dialect.fails_with(*SUBMISSION_ERRORS, *SPEAKER_ERRORS)
@needs(Scope.IDENTIFY)
def identify_async(body: dict[str, Any], query: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Accept the job; its answer goes to the webhook."""
    return _accepted(_identification(body, query, ASYNC))


@dialect.post(SYNC_DIARIZE)
@dialect.post(f"{PREFIX}/v1/sync/diarize")
@dialect.arguments(DiarizeBody, example=examples.DIARIZE)
@dialect.arguments(SubmitQuery, location="query")
@dialect.answers(200, Diarization, "Which voice speaks when.", example=examples.DIARIZED)
@dialect.submits
@dialect.fails_with(*SUBMISSION_ERRORS, *SPEAKER_ERRORS, *JOB_ERRORS)
@needs(Scope.IDENTIFY)
def diarize_sync(body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Answer with the segments of numbered voices, once the job is done."""
    return _answered(_diarization(body, query, SYNC))


@dialect.post(ASYNC_DIARIZE)
@dialect.post(f"{PREFIX}/v1/async/diarize")
@dialect.arguments(DiarizeBody, example=examples.DIARIZE)
@dialect.arguments(AsyncQuery, location="query")
@dialect.answers(202, Accepted, ACCEPTED, example=examples.accepted(ASYNC_DIARIZE), links=TO_STATUS)
@dialect.submits
@dialect.fails_with(*SUBMISSION_ERRORS, *SPEAKER_ERRORS)
@needs(Scope.IDENTIFY)
def diarize_async(body: dict[str, Any], query: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Accept the job; its answer goes to the webhook."""
    return _accepted(_diarization(body, query, ASYNC))


def audio_input(body: dict[str, Any]) -> AudioInput:
    """The audio of a body."""
    content = None
    if body["content"] is not None:
        limit = services().settings.max_content_bytes
        content = stage(decoded(body["content"], "content"), field="content", max_bytes=limit)
        close_after_request(content.file)
    return AudioInput(content, body["url"], body["encoding"] or "", body["sampleRate"] or 0)


def _answered(submission: Submission) -> dict[str, Any]:
    return response_body(submission.kind, submissions().ask(submission))


def _accepted(submission: Submission) -> tuple[dict[str, Any], int]:
    job = submissions().accept(submission)
    return {"request_id": job.request_id, "api": request.path}, 202


def _identification(body: dict[str, Any], query: dict[str, Any], queue: str) -> Submission:
    parameters = {"speaker_ids": sorted(set(body["speakerIds"]))}
    return _submission(JobKind.IDENTIFY, body, query, queue, parameters)


def _diarization(body: dict[str, Any], query: dict[str, Any], queue: str) -> Submission:
    parameters: dict[str, Any] = {"speaker_ids": sorted(set(body["speakerIds"] or []))}
    count = body["speakers"] if body["speakers"] is not None else body["speakerCount"]
    if count is not None and count > 0:
        parameters["num_speakers"] = count
    return _submission(JobKind.DIARIZE, body, query, queue, parameters)


def _submission(
    kind: JobKind, body: dict[str, Any], query: dict[str, Any], queue: str, parameters: dict[str, Any]
) -> Submission:
    return Submission(
        caller=current_caller(),
        kind=kind,
        queue=queue,
        audio=audio_input(body),
        language=body["languageCode"],
        parameters=parameters,
        webhook_url=query["webhook"],
        request_id=query["request_id"],
    )
