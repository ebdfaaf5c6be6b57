"""What the dialect's requests may hold. A complaint is the end of a sentence that begins with the field."""

import json
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema
from werkzeug.datastructures import FileStorage

from api.intake import LongText

SPEAKER_ID_PATTERN = r"[a-zA-Z0-9_]{1,255}\Z"
SPEAKER_ID_RULE = "must be 1 to 255 letters, digits and underscores."
SPEAKER_ID = validate.Regexp(SPEAKER_ID_PATTERN, error=SPEAKER_ID_RULE)
URL_LENGTH = validate.Length(1, 8000, error="must be an http or https url of at most 8000 characters.")
MOST_METADATA_CHARACTERS = 4096
ALL = "all"
AUDIO_SOURCES = ("file", "content", "url")


def text(**options: Any) -> fields.String:
    """A string field with complaints in our words."""
    messages: dict[str, Any] = {
        "required": "is missing.",
        "invalid": "must be a string.",
        "null": "must be a string, not null.",
    }
    return fields.String(error_messages=messages, **options)


def whole_number(low: int, high: int, **options: Any) -> fields.Integer:
    """A bounded integer field."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(low, high, error=f"must be from {low} to {high}."),
        error_messages={"invalid": "must be a whole number.", "null": "must be a whole number, not null."},
        **options,
    )


class ContentField(fields.Field[str | LongText]):
    """Base64 text, which may still be in the body's file."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | LongText:
        if not isinstance(value, str | LongText):
            raise ValidationError("must be a string of base64.")
        return value


class FileField(fields.Field[FileStorage]):
    """The file of a form; JSON cannot hold one."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ValidationError("must be the file of a multipart form; in JSON send content or url.")
        return value


class SpeakersField(fields.Field[list[str] | str]):
    """A list of speaker ids, or the word all."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[str] | str:
        if value in (ALL, [ALL]):
            return ALL
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValidationError(f"must be a list of speaker ids, or {ALL!r}.")
        if not 1 <= len(value) <= 10_000:  # noqa: PLR2004
            raise ValidationError("must name 1 to 10000 speakers.")
        for one in value:
            SPEAKER_ID(one)
        return sorted(set(value))


class MatchingOptions(Schema):
    """How voices are matched."""

    threshold = fields.Float(
        validate=validate.Range(-1, 1, error="must be a cosine from -1 to 1."),
        error_messages={"invalid": "must be a number."},
    )
    exclusive = fields.Boolean(load_default=False, error_messages={"invalid": "must be true or false."})


class AudioFields(Schema):
    """Audio: by url or as base64 here; a multipart request brings a file instead."""

    encoding = text(
        load_default="",
        validate=validate.Regexp(r"[\x20-\x7e]{0,40}\Z", error="must be the name of a format, as WAV."),
    )
    sample_rate = whole_number(0, 384_000, load_default=0)
    content = ContentField(load_default=None, allow_none=True)
    url = text(load_default=None, allow_none=True, validate=URL_LENGTH)
    file = FileField(load_default=None)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def audio_comes_in_one_way(self, _: dict[str, Any], original: Any, **__: Any) -> None:
        """Exactly one source; a reference to an earlier job has none."""
        if not isinstance(original, dict) or "job_id" in original:
            return
        given = [name for name in AUDIO_SOURCES if original.get(name) is not None]
        if len(given) != 1:
            how = f"is given with {' and '.join(given[1:])}" if given else "is missing"
            where = given[0] if given else "content"
            raise ValidationError(f"{how}; send exactly one of file (in a form), content and url.", where)


class IdentificationBody(AudioFields):
    """Who of ``speakers`` speaks when."""

    speakers = SpeakersField(
        required=True,
        error_messages={"required": "is missing; send a list of ids, or all.", "null": "must not be null."},
    )
    num_speakers = whole_number(1, 100)
    min_speakers = whole_number(1, 100)
    max_speakers = whole_number(1, 100)
    matching = fields.Nested(MatchingOptions, load_default=dict)
    webhook = text(load_default=None, allow_none=True, validate=URL_LENGTH)
    metadata = fields.Dict(
        keys=fields.String(), load_default=dict, error_messages={"invalid": "must be an object."}
    )

    @pre_load
    def parse_form(self, data: Any, **_: Any) -> Any:
        """In a form every value is text: objects are given as JSON."""
        if not isinstance(data, dict):
            return data
        return {name: _parsed(name, value) for name, value in data.items()}

    @validates_schema(skip_on_field_errors=False)
    def limits_agree(self, data: dict[str, Any], **_: Any) -> None:
        """A range has two ends, and metadata an end."""
        if data.get("min_speakers", 1) > data.get("max_speakers", 100):
            raise ValidationError("must not be above max_speakers.", "min_speakers")
        if len(json.dumps(data.get("metadata", {}))) > MOST_METADATA_CHARACTERS:
            raise ValidationError(f"must have at most {MOST_METADATA_CHARACTERS} characters.", "metadata")


class SampleBody(AudioFields):
    """One more sample of a voice: audio, or segments of an earlier job by their ids in its result."""

    job_id = text(validate=validate.Length(1, 64, error="must be a job's id."))
    segments = fields.List(
        whole_number(0, 100_000),
        validate=validate.Length(1, 10_000, error="must name 1 to 10000 segments."),
        error_messages={"invalid": "must be a list of segments' ids."},
    )
    webhook = text(load_default=None, allow_none=True, validate=URL_LENGTH)
    metadata = fields.Dict(
        keys=fields.String(), load_default=dict, error_messages={"invalid": "must be an object."}
    )

    @validates_schema
    def one_source(self, data: dict[str, Any], **_: Any) -> None:
        """A reference has its segments, and no audio beside it."""
        if "job_id" not in data:
            return
        if "segments" not in data:
            raise ValidationError("is missing; name segments of the job.", "segments")
        for name in ("content", "url", "webhook"):
            if data.get(name) is not None:
                raise ValidationError("must not be sent together with job_id.", name)

    @pre_load
    def parse_form(self, data: Any, **_: Any) -> Any:
        """In a form every value is text: objects are given as JSON."""
        return (
            {name: _parsed(name, value) for name, value in data.items()} if isinstance(data, dict) else data
        )


def _parsed(name: str, value: Any) -> Any:
    objects, numbers = (
        ("matching", "metadata"),
        ("num_speakers", "min_speakers", "max_speakers", "sample_rate"),
    )
    if isinstance(value, str) and name in (*objects, *numbers):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
