"""Identify: synchronous and asynchronous."""

from typing import Any

from flask import request

from api.authentication import current_caller
from api.deepaffects.blueprint import dialect, services, submissions
from api.deepaffects.schemas import IdentifyBody, SubmitQuery
from api.submission import AudioInput, Submission
from api.submission.audio import decode_base64
from shared.domain import JobKind
from shared.errors import InvalidField
from shared.queue import ASYNC, SYNC
from shared.wire import response_body


@dialect.post("/v2/sync/diarization/identify")
@dialect.arguments(IdentifyBody)
@dialect.arguments(SubmitQuery, location="query")
def identify_sync(body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Answer with the segments, once the job is done."""
    job = submissions().accept(_submission(body, query, queue=SYNC))
    return response_body(JobKind.IDENTIFY, submissions().answer(job))


@dialect.post("/v2/async/diarization/identify")
@dialect.arguments(IdentifyBody)
@dialect.arguments(SubmitQuery, location="query")
def identify_async(body: dict[str, Any], query: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Accept the job; its answer goes to the webhook."""
    if not query["webhook"]:
        raise InvalidField("webhook is missing; send the url to post the answer to.", field="webhook")
    job = submissions().accept(_submission(body, query, queue=ASYNC))
    return {"request_id": job.request_id, "api": request.path}, 202


def audio_input(body: dict[str, Any]) -> AudioInput:
    """The audio of a body."""
    content = None
    if body["content"] is not None:
        limit = services().settings.max_content_bytes
        content = decode_base64(body["content"], field="content", max_bytes=limit)
    return AudioInput(content, body["url"], body["encoding"], body["sampleRate"] or 0)


def _submission(body: dict[str, Any], query: dict[str, Any], queue: str) -> Submission:
    return Submission(
        caller=current_caller(),
        kind=JobKind.IDENTIFY,
        queue=queue,
        audio=audio_input(body),
        language=body["languageCode"],
        parameters={"speaker_ids": sorted(set(body["speakerIds"]))},
        webhook_url=query["webhook"],
        request_id=query["request_id"],
    )
