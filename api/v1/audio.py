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
from shared.errors import InvalidField

FILE = "file"
REPEATED = ("speakers",)


def load_body(schema: Schema) -> tuple[dict[str, Any], FileStorage | None]:
    """The validated body of a JSON or multipart request, and the form's file.

    Raises the errors of a malformed body, and InvalidField with every bad field.
    """
    if request.mimetype == "multipart/form-data":
        return _load_form(schema)
    return StrictParser().parse(schema, request), None


def _load_form(schema: Schema) -> tuple[dict[str, Any], FileStorage | None]:
    with within_deadline(request, services().settings.body_seconds):
        form = request.form
    data = {name: form.getlist(name) if name in REPEATED else form[name] for name in form}
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        StrictParser().handle_error(error, request, schema, error_status_code=422, error_headers=None)
    return loaded, request.files.get(FILE)


def audio_input(body: dict[str, Any], file: FileStorage | None) -> AudioInput:
    """The audio that a body brings. Raises InvalidField unless it comes in exactly one way."""
    given = [
        name
        for name, value in ((FILE, file), ("content", body["content"]), ("url", body["url"]))
        if value is not None
    ]
    if len(given) != 1:
        how = f"{' and '.join(given)} are all given" if given else "no audio is given"
        raise InvalidField(f"{how}; send exactly one of file (in a form), content and url.", field="content")
    content = None
    if body["url"] is None:
        chunks = _chunks(file) if file is not None else decoded(body["content"], "content")
        content = stage(chunks, field=given[0], max_bytes=services().settings.max_content_bytes)
        close_after_request(content.file)
    return AudioInput(content, body["url"], body["encoding"], body["sample_rate"])


def _chunks(file: FileStorage) -> Iterator[bytes]:
    while chunk := file.stream.read(CHUNK_BYTES):
        yield chunk
