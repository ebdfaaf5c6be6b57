"""What the dialect's requests may hold."""

import json
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from api.consent import given_consent
from api.documentation import Pattern
from api.v1.fields import (
    FORMAT_NAME,
    Body,
    ContentField,
    FileField,
    SpeakersField,
    metadata,
    text,
    url,
    whole_number,
)
from api.v1.matching_options import MatchingOptions

WISHES = ("num_speakers", "min_speakers", "max_speakers")


def one_source(*names: str) -> list[dict[str, Any]]:
    """JSON Schema's words for exactly one of ``names`` that is not null."""
    return [{"required": [name], "properties": {name: {"type": "string"}}} for name in names]


class AudioHints(Body):
    """What is said of audio, in whatever way it comes."""

    encoding = text(
        "A hint for headerless audio, as LINEAR16, MULAW or ALAW; the bytes decide.",
        load_default="",
        validate=FORMAT_NAME,
    )
    sample_rate = whole_number(
        0, 384_000, load_default=0, metadata={"description": "Hz, for headerless audio."}
    )


class AudioFields(AudioHints):
    """Audio: by url, or as base64."""

    RULES: ClassVar[dict[str, Any]] = {"oneOf": one_source("content", "url")}

    content = ContentField(
        load_default=None,
        allow_none=True,
        metadata={"type": "string", "format": "byte", "description": "The audio file in base64."},
    )
    url = url("Public http(s) address of the audio.")

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def audio_comes_in_one_way(self, _: dict[str, Any], original: Any, **__: Any) -> None:
        """Exactly one source; a reference to an earlier job has none."""
        if not isinstance(original, dict) or "job_id" in original:
            return
        given = [name for name in ("content", "url") if original.get(name) is not None]
        if len(given) != 1:
            how = "is given with url" if given else "is missing"
            raise ValidationError(f"{how}; send exactly one of content, url and, in a form, file.", "content")


class FormFields(AudioHints):
    """Audio as the file of a form, in which every other value is text, and objects are JSON."""

    file = FileField(
        required=True,
        error_messages={"required": "is missing; send the audio as a file, or content or url in JSON."},
        metadata={"type": "string", "format": "binary", "description": "The audio file, in any format."},
    )

    @pre_load
    def parse_values(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The values that are not text, parsed."""
        return {name: _parsed(name, value) for name, value in data.items()}


class IdentificationFields(Body):
    """Who of ``speakers`` speaks when."""

    speakers = SpeakersField(
        required=True,
        error_messages={"required": "is missing; send a list of ids, or all.", "null": "must not be null."},
        metadata=SpeakersField.DOCUMENTED,
    )
    num_speakers = whole_number(1, 100)
    min_speakers = whole_number(1, 100)
    max_speakers = whole_number(1, 100)
    matching = fields.Nested(
        MatchingOptions,
        load_default=lambda: MatchingOptions().load({}),
        error_messages={"type": "must be an object."},
    )
    webhook = url("Where to post the finished job.")
    metadata = metadata()

    @validates_schema(skip_on_field_errors=False)
    def limits_agree(self, data: dict[str, Any], **_: Any) -> None:
        """A range has two ends."""
        if data.get("min_speakers", 1) > data.get("max_speakers", 100):
            raise ValidationError("must not be above max_speakers.", "min_speakers")


class IdentificationBody(IdentificationFields, AudioFields):
    """Who of ``speakers`` speaks when."""


class IdentificationForm(IdentificationFields, FormFields):
    """Who of ``speakers`` speaks when, with the audio as a file."""


class SampleFields(Body):
    """What goes along with a sample."""

    webhook = url("Where to post the finished job; not with a reference, which is answered at once.")
    metadata = metadata()
    consent = given_consent()


class SampleForm(SampleFields, FormFields):
    """One more sample of a voice, with the audio as a file."""


class SampleBody(SampleFields, AudioFields):
    """One more sample of a voice: audio, or segments of an earlier job by their ids in its result."""

    RULES: ClassVar[dict[str, Any]] = {
        "oneOf": [
            {"not": {"required": ["job_id"]}, "oneOf": one_source("content", "url")},
            {
                "required": ["job_id", "segments"],
                "properties": {name: {"type": "null"} for name in ("content", "url", "webhook")},
            },
        ]
    }

    job_id = text(
        "An identification whose voices are kept.",
        validate=Pattern("^[a-zA-Z0-9_-]{1,64}$", error="must be a job's id."),
    )
    segments = fields.List(
        whole_number(0, 100_000),
        validate=validate.Length(1, 10_000, error="must name 1 to 10000 segments."),
        error_messages={"invalid": "must be a list of segments' ids."},
        metadata={"description": "Ids of segments of the job's result, all of one voice."},
    )

    @validates_schema
    def reference_is_whole(self, data: dict[str, Any], **_: Any) -> None:
        """A reference has its segments, and no audio beside it."""
        if "job_id" not in data:
            return
        if "segments" not in data:
            raise ValidationError("is missing; name segments of the job.", "segments")
        for name in ("content", "url", "webhook"):
            if data.get(name) is not None:
                raise ValidationError("must not be sent together with job_id.", name)


class EraseQuery(Schema):
    """What else goes with a speaker."""

    results = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        error_messages={"invalid": "must be true or false."},
        metadata={"description": "Take his name out of results, requests and webhooks that are kept, too."},
    )


def _parsed(name: str, value: Any) -> Any:
    if isinstance(value, str) and name in {"matching", "metadata", "consent", "sample_rate", *WISHES}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
