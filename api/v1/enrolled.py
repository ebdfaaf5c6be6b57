"""Speakers, their samples, and what was found about them, as dialect 2's document describes them."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.consent import consent_field
from api.documentation import Pattern
from api.v1.described import number, text, time
from shared.domain import EnrollQuality
from shared.review import WarningCode


class SampleWarning(Schema):
    """What is odd about a sample, which was enrolled all the same."""

    code = text(validate=validate.OneOf(list(WarningCode)))
    message = text("One sentence that says what to do.")
    speaker = text("Whom else it sounds like; null in another warning.", allow_none=True)
    score = number("Nats; above zero, one voice is likelier than two.", least=None)


def warnings(**options: Any) -> fields.List[Any]:
    """The warnings of a sample."""
    said = {"description": "What was odd when it was compared with all who were enrolled then."}
    return fields.List(fields.Nested(SampleWarning), metadata=said, **options)


class Speaker(Schema):
    """An enrolled speaker."""

    id = text(validate=Pattern("^[a-zA-Z0-9_]{1,255}$", error=""))
    enrollment_complete = fields.Boolean(required=True)
    quality = text(validate=validate.OneOf(list(EnrollQuality)))
    speech_seconds = number("Of speech in all samples.")
    audio_seconds = number("Of audio of all samples.")
    consent = consent_field("What he agreed to; null if nothing was said of that.", required=True)


class Erasure(Schema):
    """A receipt for what was erased."""

    id = text()
    erased_at = time("When it was done.")
    samples = fields.Integer(required=True)
    voiceprints = fields.Integer(required=True)
    jobs_scrubbed = fields.Integer(
        required=True, metadata={"description": "Jobs that named him; 0 unless results were asked for."}
    )


class Agreement(Schema):
    """How a sample agrees with its speaker's others."""

    score = number("Nats; above zero, one voice is likelier than two.", least=None)
    confidence = number("0 to 1, that it is one voice.")


class Confusable(Schema):
    """Two speakers who are easily taken for each other."""

    speakers = fields.List(fields.String(), required=True, validate=validate.Length(equal=2))
    score = number("Nats; above zero, one voice is likelier than two.", least=None)
    false_accept_probability = number(
        "How likely a stranger's voice is to score so high: the less, the more alike the two are."
    )


class Sample(Schema):
    """One enrolment recording in numbers; the audio itself is not kept."""

    id = text()
    created_at = time("When it was added.")
    audio_seconds = number("Of audio.")
    speech_seconds = number("Of speech.")
    quality = fields.Dict(
        required=True,
        metadata={"description": "level_dbfs of the speech, clipped_share of its samples, snr_db."},
    )
    provenance = fields.Dict(
        required=True, metadata={"description": "by audio or by reference, and the job it came from."}
    )
    warnings = warnings(required=True)
    agreement = fields.Nested(
        Agreement,
        required=True,
        allow_none=True,
        metadata={
            "description": "With the speaker's other samples; null for an only one, or until it is known."
        },
    )
