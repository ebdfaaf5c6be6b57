"""What the dialect's requests may hold. A complaint is the end of a sentence that begins with the field."""

from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from api.consent import given_consent
from api.documentation import LenientWholeNumber, Pattern
from api.intake import LongText

SPEAKER_ID = Pattern("^[a-zA-Z0-9_]{1,255}$", error="must be 1 to 255 letters, digits and underscores.")
FORMAT_NAME = Pattern("^[ -~]{0,40}$", error="must be the name of a format, as WAV.")
PRINTABLE = Pattern("^[ -~]{1,200}$", error="must be 1 to 200 printable ASCII characters.")
# It is part of the request line, which servers and proxies cut off at 8 kB, and may grow threefold in it.
WEBHOOK_LENGTH = validate.Length(
    min=1, max=2000, error="must be an http or https url of at most 2000 characters."
)
URL_LENGTH = validate.Length(
    min=1, max=8000, error="must be an http or https url of at most 8000 characters."
)


def _text(**options: Any) -> fields.String:
    return fields.String(
        error_messages={
            "required": "is missing; send it as a string.",
            "invalid": "must be a string.",
            "null": "must be a string, not null.",
            "invalid_utf8": "must be valid UTF-8.",
        },
        **options,
    )


class ContentField(fields.Field[str | LongText]):
    """Base64 text, which may still be in the body's file."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | LongText:
        if not isinstance(value, str | LongText):
            raise self.make_error("invalid")
        return value


class LenientSchema(Schema):
    """Ignores what it does not know, as the retired service did."""

    class Meta:
        unknown = EXCLUDE


class AudioBody(LenientSchema):
    """The audio part of every body."""

    encoding = _text(load_default="", allow_none=True, validate=FORMAT_NAME)
    sampleRate = LenientWholeNumber(  # noqa: N815 - the wire's name
        0,
        384_000,
        digits="^(0|[1-9][0-9]{0,4})$",
        range_error="must be a rate in Hz from 0 to 384000.",
        load_default=0,
        allow_none=True,
        error_messages={"invalid": "must be a number of Hz."},
    )
    languageCode = _text(  # noqa: N815
        load_default="en-US",
        validate=Pattern("^[A-Za-z0-9-]{1,35}$", error="must be a language tag such as en-US."),
    )
    content = ContentField(
        load_default=None,
        allow_none=True,
        error_messages={"invalid": "must be a string of base64."},
        metadata={
            "type": "string",
            "format": "byte",
            "description": "The audio file in base64. Exactly one of content and url is given.",
        },
    )
    url = _text(
        load_default=None,
        allow_none=True,
        validate=URL_LENGTH,
        metadata={"format": "uri", "description": "Public http(s) address of the audio."},
    )

    RULES: ClassVar[dict[str, Any]] = {
        "oneOf": [
            {"required": [name], "properties": {name: {"type": "string"}}} for name in ("content", "url")
        ]
    }

    @validates_schema
    def exactly_one_source(self, data: dict[str, Any], **_: Any) -> None:
        """Audio comes in one way."""
        given = [name for name in ("content", "url") if data.get(name) is not None]
        if len(given) != 1:
            how = "are both given" if given else "are both missing"
            raise ValidationError(f"and url {how}; send exactly one of them.", "content")


class IdentifyBody(AudioBody):
    """Identify: who of ``speakerIds`` speaks when."""

    speakerIds = fields.List(  # noqa: N815
        _text(validate=SPEAKER_ID, metadata={"format": "speaker-id"}),
        required=True,
        validate=validate.Length(min=1, max=10_000, error="must name 1 to 10000 enrolled speakers."),
        error_messages={
            "required": "is missing; send the list of enrolled speakers to look for.",
            "invalid": "must be a list of strings.",
            "null": "must be a list of strings, not null.",
        },
    )


def _speaker_count() -> LenientWholeNumber:
    return LenientWholeNumber(
        -1,
        100,
        digits="^(-1|[1-9][0-9]?)$",
        range_error="must be from 1 to 100, or -1 if it is not known.",
        load_default=None,
        allow_none=True,
        error_messages={"invalid": "must be a whole number, or -1 if it is not known."},
    )


class DiarizeBody(AudioBody):
    """Diarize: how many voices there are and when each speaks; ``speakerIds`` may be named, too."""

    speakers = _speaker_count()
    speakerCount = _speaker_count()  # noqa: N815
    speakerIds = fields.List(  # noqa: N815
        _text(validate=SPEAKER_ID, metadata={"format": "speaker-id"}),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=10_000, error="must name at most 10000 enrolled speakers."),
        error_messages={"invalid": "must be a list of strings."},
    )


class EnrollBody(AudioBody):
    """Enrol: one more sample of a speaker's voice."""

    speakerId = _text(required=True, validate=SPEAKER_ID)  # noqa: N815
    consent = given_consent()


class SpeakerBody(LenientSchema):
    """Names one speaker."""

    speakerId = _text(required=True, validate=SPEAKER_ID)  # noqa: N815


def _webhook(**options: Any) -> fields.String:
    return fields.String(
        validate=WEBHOOK_LENGTH,
        error_messages={"required": "is missing; send the url to post the answer to."},
        metadata={"format": "uri", "description": "Where to post the answer."},
        **options,
    )


class SubmitQuery(LenientSchema):
    """The query of a call that makes a job."""

    webhook = _webhook(load_default=None, allow_none=False)
    request_id = _text(
        load_default=None,
        allow_none=False,
        validate=PRINTABLE,
        metadata={
            "description": "Your own id of the job. Sent again with the same body, it is the same job."
        },
    )


class AsyncQuery(SubmitQuery):
    """The query of a call whose answer is posted."""

    webhook = _webhook(required=True)


class StatusQuery(LenientSchema):
    """Names one job by the caller's id."""

    request_id = _text(required=True, validate=PRINTABLE)


class ListQuery(LenientSchema):
    """The query of the list of speakers."""

    getAllSpeakers = fields.Boolean(  # noqa: N815
        load_default=False, error_messages={"invalid": "must be True or False."}
    )
