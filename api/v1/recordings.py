"""A job's recording, for as long as it is kept."""

from datetime import timedelta
from typing import IO

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from api.authentication import needs
from api.context import services
from api.documentation.blueprint import Decorator, View
from api.v1.blueprint import V1Blueprint
from api.v1.jobs import find_job
from shared.audio_format import HEAD_BYTES, sniff
from shared.domain import Scope
from shared.errors import AudioNotKept, JobNotFound, StorageUnavailable
from shared.store.schema import Job, now

recordings = V1Blueprint("recordings", "the audio of a job, while it is kept")

ANY_TYPE = "application/octet-stream"
# What browsers play; the rest is bytes.
MEDIA_TYPES = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "mp4": "audio/mp4",
    "webm": "audio/webm",
}
RANGE_PARAMETER = {
    "in": "header",
    "name": "Range",
    "schema": {"type": "string"},
    "description": "bytes=FROM-TO asks for a part, which is answered with 206.",
}
BYTES = {"type": "string", "format": "binary"}


def _answers_bytes(status: int, description: str) -> Decorator:
    def decorate(view: View) -> View:
        for media_type in ("audio/*", ANY_TYPE):
            view = recordings.answers(
                status, BYTES, description, content_type=media_type, example="RIFF\N{HORIZONTAL ELLIPSIS}"
            )(view)
        return view

    return decorate


@recordings.get("/jobs/<job_id>/audio")
@recordings.doc(parameters=[RANGE_PARAMETER])
@_answers_bytes(206, "The part that was asked for.")
@_answers_bytes(200, "The recording as it was sent.")
@recordings.fails_with(JobNotFound, AudioNotKept, StorageUnavailable)
@needs(Scope.IDENTIFY)
def read_audio(job_id: str) -> Response:
    """The recording of a job, until it is deleted: by default, when the job ends.

    It takes a key that may send recordings: who may only read results does not get to hear people.
    """
    job = find_job(job_id)
    if job.blob_key is None or not _may_be_kept(job):
        raise _not_kept()
    try:
        file, size = services().blobs.opened(job.blob_key)
    except FileNotFoundError:
        raise _not_kept() from None
    return _answer(file, size)


def _may_be_kept(job: Job) -> bool:
    """Whether its time is not over: collection comes by every few minutes only."""
    keeping = timedelta(seconds=services().settings.audio_retention_seconds)
    return job.finished_at is None or now() < job.finished_at + keeping


def _answer(file: IO[bytes], size: int) -> Response:
    media_type = MEDIA_TYPES.get(sniff(file.read(HEAD_BYTES)) or "", ANY_TYPE)
    file.seek(0)
    # Not gunicorn's: that sends from where the file's descriptor is, which may be ahead of what was read, and
    # cannot go to where a range begins.
    response = Response(FileWrapper(file), content_type=media_type, direct_passthrough=True)
    response.content_length = size
    response.headers["Content-Disposition"] = "attachment"
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        # Whoever asks for what there is not gets all there is, as RFC 9110 allows.
        return response
    return response


def _not_kept() -> AudioNotKept:
    return AudioNotKept(
        "The job's audio is not kept; it goes when the job ends, or ROLLCALL_AUDIO_RETENTION_SECONDS later."
    )
