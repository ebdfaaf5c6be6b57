"""The fields that requests are made of. A complaint is the end of a sentence that begins with the field."""

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from api.documentation import Pattern, WholeNumber
from api.intake import LongText
from shared.egress.targets import LONGEST_URL, target_of
from shared.errors import InvalidField

SPEAKER_ID = Pattern("^[a-zA-Z0-9_]{1,255}$", error="must be 1 to 255 letters, digits and underscores.")
FORMAT_NAME = Pattern("^[ -~]{0,40}$", error="must be the name of a format, as WAV.")
MOST_METADATA_CHARACTERS = 4096
MOST_SPEAKERS = 10_000
ALL = "all"
DAY_SECONDS = 86_400
LONGEST_OVERLAP_SECONDS = 30 * DAY_SECONDS


class Body(Schema):
    """A request's body; a field that is not in it is a mistake."""

    error_messages = {"unknown": "is not a field of this request."}  # noqa: RUF012

    class Meta:
        unknown = RAISE


class WebAddress(validate.Length):
    """A url that names a host; whether that may be connected to is checked where the url is used."""

    def __init__(self) -> None:
        super().__init__(
            1, LONGEST_URL, error=f"must be an http or https url of at most {LONGEST_URL} characters."
        )

    def __call__(self, value: Any) -> Any:
        super().__call__(value)
        try:
            target_of(value, "it")
        except InvalidField as error:
            raise ValidationError(error.message.removeprefix("it ")) from None
        return value


def text(description: str = "", **options: Any) -> fields.String:
    """A string field with complaints in our words."""
    messages: dict[str, Any] = {
        "required": "is missing.",
        "invalid": "must be a string.",
        "null": "must be a string, not null.",
    }
    metadata = options.pop("metadata", {}) | ({"description": description} if description else {})
    return fields.String(error_messages=messages, metadata=metadata, **options)


def url(description: str) -> fields.String:
    """A web address that may be left out."""
    return text(
        description, load_default=None, allow_none=True, validate=WebAddress(), metadata={"format": "uri"}
    )


def in_utc(moment: datetime) -> None:
    """A validator of times that a database can keep."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValidationError("must be a time between the years 1 and 9999.") from None


def aware_time(description: str, **options: Any) -> fields.AwareDateTime:
    """A moment with its zone."""
    wrong = "must be a time in ISO 8601 with its zone."
    return fields.AwareDateTime(
        format="iso",
        validate=in_utc,
        error_messages=dict.fromkeys(("invalid", "invalid_awareness", "format"), wrong),
        metadata={"description": description},
        **options,
    )


def whole_number(low: int, high: int, **options: Any) -> WholeNumber:
    """A bounded integer field."""
    return WholeNumber(
        validate=validate.Range(low, high, error=f"must be from {low} to {high}."),
        error_messages={"invalid": "must be a whole number.", "null": "must be a whole number, not null."},
        **options,
    )


def rotation_overlap(description: str) -> WholeNumber:
    """For how long a secret that has a successor goes on: a day unless told otherwise."""
    return whole_number(
        0, LONGEST_OVERLAP_SECONDS, load_default=DAY_SECONDS, metadata={"description": description}
    )


def _is_short(value: dict[str, Any]) -> None:
    if len(json.dumps(value)) > MOST_METADATA_CHARACTERS:
        raise ValidationError(f"must have at most {MOST_METADATA_CHARACTERS} characters.")


def metadata() -> fields.Dict:
    """Whatever the caller wants back with the job."""
    return fields.Dict(
        keys=fields.String(),
        load_default=dict,
        validate=_is_short,
        error_messages={"invalid": "must be an object.", "null": "must be an object, not null."},
        metadata={"description": f"Comes back with the job; at most {MOST_METADATA_CHARACTERS} characters."},
    )


class ContentField(fields.Field[str | LongText]):
    """Base64 text, which may still be in the body's file."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | LongText:
        if not isinstance(value, str | LongText):
            raise ValidationError("must be a string of base64.")
        return value


class FileField(fields.Field[FileStorage]):
    """The file of a form."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ValidationError("must be sent once, as a file with a filename.")
        return value


class SpeakersField(fields.Field[list[str] | str]):
    """A list of speaker ids, or the word all."""

    DOCUMENTED: ClassVar[dict[str, Any]] = {
        "description": "Enrolled speakers to look for, or all who are completely enrolled; where nobody is, "
        "all voices are strangers.",
        "anyOf": [
            {
                "type": "array",
                "items": {"type": "string", "pattern": SPEAKER_ID.regex.pattern, "format": "speaker-id"},
                "minItems": 1,
                "maxItems": MOST_SPEAKERS,
            },
            {"type": "string", "enum": [ALL]},
        ],
    }

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[str] | str:
        if value in (ALL, [ALL]):
            return ALL
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValidationError(f"must be a list of speaker ids, or {ALL!r}.")
        if not 1 <= len(value) <= MOST_SPEAKERS:
            raise ValidationError(f"must name 1 to {MOST_SPEAKERS} speakers.")
        for one in value:
            SPEAKER_ID(one)
        return sorted(set(value))
