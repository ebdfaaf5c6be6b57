"""The audio of a request: a file of a form, base64 in JSON, or a url."""

from collections.abc import Iterator
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage

from api.context import close_after_request, services
from api.intake.base64_text import decoded
from api.intake.receiving import CHUNK_BYTES, within_deadline
from api.submission import AudioInput
from api.submission.audio import stage
from api.v1.blueprint import StrictParser

REPEATED = ("speakers",)


def load_body(schema: Schema) -> dict[str, Any]:
    """The validated body of a JSON or multipart request.

    Raises the errors of a malformed body, and InvalidField with every bad field.
    """
    if request.mimetype == "multipart/form-data":
        return _load_form(schema)
    body: dict[str, Any] = StrictParser().parse(schema, request)
    return body


def _load_form(schema: Schema) -> dict[str, Any]:
    with within_deadline(request, services().settings.body_seconds):
        form = request.form
    data: dict[str, Any] = {name: form.getlist(name) if name in REPEATED else form[name] for name in form}
    try:
        loaded: dict[str, Any] = schema.load(data | dict(request.files))
    except ValidationError as error:
        StrictParser().handle_error(
            ValidationError({"form": error.messages}),
            request,
            schema,
            error_status_code=422,
            error_headers=None,
        )
    return loaded


def audio_input(body: dict[str, Any]) -> AudioInput:
    """The audio that a validated body brings."""
    content = None
    if body["url"] is None:
        field = "content" if body["file"] is None else "file"
        chunks = decoded(body["content"], field) if body["file"] is None else _chunks(body["file"])
        content = stage(chunks, field=field, max_bytes=services().settings.max_content_bytes)
        close_after_request(content.file)
    return AudioInput(content, body["url"], body["encoding"], body["sample_rate"])


def _chunks(file: FileStorage) -> Iterator[bytes]:
    while chunk := file.stream.read(CHUNK_BYTES):
        yield chunk
