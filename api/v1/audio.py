"""The audio of a request: a file of a form, base64 in JSON, or a url."""

from collections.abc import Iterator, Mapping
from functools import wraps
from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage, MultiDict

from api.context import close_after_request, services
from api.documentation.blueprint import Decorator, View
from api.intake.base64_text import decoded
from api.intake.receiving import CHUNK_BYTES, within_deadline
from api.submission import AudioInput
from api.submission.audio import stage
from api.v1.blueprint import StrictParser

REPEATED = ("speakers",)


def audio_body(body: type[Schema], form: type[Schema], examples: Mapping[str, Any]) -> Decorator:
    """Give a view its validated body: JSON, or a multipart form, each documented by its schema.

    The view raises the errors of a malformed body, and InvalidField with every bad field.
    """

    schema = body()

    def decorate(view: View) -> View:
        @wraps(view)
        def with_body(*arguments: Any, **values: Any) -> Any:
            is_form = request.mimetype == "multipart/form-data"
            loaded = _load_form(form()) if is_form else StrictParser().parse(schema, request)
            return view(loaded, *arguments, **values)

        shown = {name: {"value": value} for name, value in examples.items()}
        content = {
            "application/json": {"schema": body, "examples": shown},
            "multipart/form-data": {"schema": form},
        }
        documented: View = Blueprint.doc(requestBody={"required": True, "content": content})(with_body)
        return documented

    return decorate


def _load_form(schema: Schema) -> dict[str, Any]:
    with within_deadline(request, services().settings.body_seconds):
        form = request.form
    try:
        loaded: dict[str, Any] = schema.load(_values(form) | _values(request.files))
    except ValidationError as error:
        StrictParser().handle_error(
            ValidationError({"form": error.messages}),
            request,
            schema,
            error_status_code=422,
            error_headers=None,
        )
    return loaded


def _values(sent: MultiDict[str, Any]) -> dict[str, Any]:
    """What a form sends; a field sent twice is a list, as only one that may repeat is allowed to be."""
    return {
        name: values if name in REPEATED or len(values) > 1 else values[0] for name, values in sent.lists()
    }


def audio_input(body: dict[str, Any]) -> AudioInput:
    """The audio that a validated body brings."""
    content = None
    if body.get("url") is None:
        field = "file" if "file" in body else "content"
        chunks = _chunks(body[field]) if field == "file" else decoded(body[field], field)
        content = stage(chunks, field=field, max_bytes=services().settings.max_content_bytes)
        close_after_request(content.file)
    return AudioInput(content, body.get("url"), body["encoding"], body["sample_rate"])


def _chunks(file: FileStorage) -> Iterator[bytes]:
    while chunk := file.stream.read(CHUNK_BYTES):
        yield chunk
