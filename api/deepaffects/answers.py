"""What the dialect answers. Errors have the same shape everywhere."""

from typing import Any, ClassVar

from marshmallow import Schema, fields, validate

from api.documentation import Pattern
from shared.domain import EnrollQuality

SECONDS = validate.Range(min=0)


def _seconds(description: str) -> fields.Float:
    return fields.Float(required=True, validate=SECONDS, metadata={"description": description})


class SpokenSegment(Schema):
    """One stretch of speech of one voice, in seconds from the beginning of the audio."""

    speaker_id = fields.String(
        required=True,
        metadata={"description": "An enrolled speaker, `UserNotIdentified`, or a numbered voice."},
    )
    start = _seconds("Where it begins.")
    end = _seconds("Where it ends.")


class Identification(Schema):
    """Who speaks when, by start."""

    segments = fields.List(fields.Nested(SpokenSegment), required=True)


class Diarization(Schema):
    """How many voices there are, and when each speaks."""

    num_speakers = fields.Integer(required=True, validate=validate.Range(min=0))
    segments = fields.List(fields.Nested(SpokenSegment), required=True)


class Accepted(Schema):
    """An accepted job. Its answer goes to the webhook."""

    request_id = fields.String(required=True)
    api = fields.String(required=True, metadata={"description": "The path that was called."})


class EnrollmentState(Schema):
    """How far a speaker's enrolment is."""

    speaker_id = fields.String(required=True, validate=Pattern("^[a-zA-Z0-9_]{1,255}$", error=""))
    enroll_quality = fields.String(required=True, validate=validate.OneOf(list(EnrollQuality)))
    enrollment_complete = fields.Boolean(required=True)
    total_speech_duration = _seconds("Seconds of speech in all samples.")
    total_enroll_duration = _seconds("Seconds of audio of all samples.")


class Enrolled(EnrollmentState):
    """A sample was added."""

    message = fields.String(required=True, validate=validate.Equal("Success"))


class Done(Schema):
    """It is done."""

    message = fields.String(required=True, validate=validate.Equal("Success"))


class SpeakerList(Schema):
    """The tenant's speakers."""

    developer_id = fields.String(required=True, metadata={"description": "Names the tenant."})
    enrolled_speaker_ids = fields.List(fields.Nested(EnrollmentState), required=True)


class FaultDetail(Schema):
    """The stable code of an error."""

    errorcode = fields.String(required=True)
    error_code = fields.String(required=True)


class FaultContent(Schema):
    """An error in both spellings that the retired service's clients know."""

    faultstring = fields.String(required=True, metadata={"description": "One sentence for a person."})
    fault_string = fields.String(required=True)
    detail = fields.Nested(FaultDetail, required=True)


class Fault(Schema):
    """An error. 504 also says under which request_id the job goes on."""

    fault = fields.Nested(FaultContent, required=True)
    request_id = fields.String()


class Outcome(Schema):
    """What a webhook gets: the response of a job, or its error."""

    request_id = fields.String(required=True)
    response = fields.Dict(metadata={"description": "What the synchronous call answers."})
    error = fields.Nested(FaultContent)

    RULES: ClassVar[dict[str, Any]] = {"oneOf": [{"required": ["response"]}, {"required": ["error"]}]}


class Status(Schema):
    """Where a job stands."""

    status = fields.String(required=True, validate=validate.OneOf(["Completed", "Failed", "Running"]))
    response = fields.Nested(Outcome, metadata={"description": "What the webhook gets."})
