"""What jobs found: read in every format, and deleted."""

import re

from flask import Response, jsonify, request

from api.authentication import current_caller, needs
from api.context import services
from api.documentation.blueprint import View
from api.v1 import examples, resources
from api.v1.jobs import find_job, jobs
from shared.domain import JobKind, JobState, Scope, Segment
from shared.errors import InvalidField, JobNotFound, NotAcceptable, ResultNotReady, StorageUnavailable
from shared.formats import FORMATS
from shared.logging import log
from shared.store.removal import remove_job
from shared.store.schema import Job
from shared.wire import v1

JSON_TYPE = "application/json"
FORMAT_PARAMETER = {
    "in": "query",
    "name": "format",
    "schema": {"type": "string", "enum": ["json", *FORMATS]},
    "description": "Comes before Accept.",
}
RECORDING_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]{1,200}")
RECORDING_PARAMETER = {
    "in": "query",
    "name": "recording",
    "schema": {"type": "string", "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\ufffe\\uffff]{1,200}$"},
    "description": "The recording's name, for formats that tell it; otherwise it is the job's id.",
}


def _answers_formats(view: View) -> View:
    for media_type, _ in FORMATS.values():
        view = jobs.answers(200, {"type": "string"}, "What the job found.", content_type=media_type)(view)
    return view


@jobs.get("/jobs/<job_id>/result")
@jobs.doc(parameters=[FORMAT_PARAMETER, RECORDING_PARAMETER])
@jobs.answers(200, resources.Result, "What the job found.", example=examples.RESULT)
@_answers_formats
@jobs.fails_with(JobNotFound, ResultNotReady, NotAcceptable)
def read_result(job_id: str) -> Response:
    """What the job found: JSON, or by ?format= or Accept one of the other formats."""
    job = find_job(job_id)
    name, recording = _wanted_format(), _named_recording(job)
    if job.state != JobState.SUCCEEDED:
        raise ResultNotReady(f"The job is {job.state}; only a job that succeeded has a result.")
    if name == "json":
        return jsonify(v1.job_result(job))
    if job.kind == JobKind.ENROLL:
        raise NotAcceptable("An enrolment has no segments; ask for JSON.")
    media_type, write = FORMATS[name]
    segments = [Segment.from_json(kept) for kept in (job.result or {})["segments"]]
    return Response(write(segments, recording), content_type=f"{media_type}; charset=utf-8")


@jobs.delete("/jobs/<job_id>/result")
@jobs.answers(204, None, "Nothing is kept of the job any more.")
@jobs.fails_with(JobNotFound, ResultNotReady)
@needs(Scope.IDENTIFY)
def delete_result(job_id: str) -> Response:
    """Delete all that is kept of a job that has ended: result, voices, recording, webhooks, sent or not."""
    job = find_job(job_id)
    with services().store.writing() as session:
        removed = remove_job(session, current_caller().tenant_id, job_id)
    if not removed:
        raise ResultNotReady(f"The job is {job.state}; cancel it first, or wait for its end.")
    services().store.forget_deleted()
    _drop_recording(job)
    return Response(status=204)


def _drop_recording(job: Job) -> None:
    """Delete a recording that is kept for a while; what cannot be deleted now is collected later."""
    if job.blob_key is None:
        return
    try:
        services().blobs.delete(job.blob_key)
    except StorageUnavailable:
        log.warning("audio_left_to_collection", job_id=job.id)


def _named_recording(job: Job) -> str:
    name = request.args.get("recording", job.id)
    if not RECORDING_NAME.fullmatch(name):
        raise InvalidField("recording must be 1 to 200 characters of one line.", field="recording")
    return name


def _wanted_format() -> str:
    if "format" in request.args:
        name = request.args["format"].lower()
        if name not in {"json", *FORMATS}:
            raise NotAcceptable(f"format must be one of json, {', '.join(FORMATS)}.", field="format")
        return name
    by_type = {JSON_TYPE: "json"} | {media_type: name for name, (media_type, _) in FORMATS.items()}
    if not request.accept_mimetypes:
        return "json"
    best = request.accept_mimetypes.best_match(list(by_type))
    if best is None:
        raise NotAcceptable(f"Accept must allow one of {', '.join(by_type)}.", field="Accept")
    return by_type[best]
