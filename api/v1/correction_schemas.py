"""Corrections as dialect 2's document describes them: what requests may hold, and what is answered."""

from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.consent import given_consent
from api.documentation import Pattern
from api.v1.described import number, time
from api.v1.described import text as told
from api.v1.fields import SPEAKER_ID, Body, aware_time, text
from api.v1.resources import Job
from shared.corrections import ChangeKind, ChangeState

MOST_JOBS = 1000
_JOB_ID = Pattern("^[a-zA-Z0-9_-]{1,64}$", error="must be a job's id.")


def _flag(default: bool, description: str) -> fields.Boolean:
    return fields.Boolean(
        load_default=default,
        truthy={True},
        falsy={False},
        error_messages={"invalid": "must be true or false.", "null": "must be true or false, not null."},
        metadata={"description": description},
    )


class NamesBody(Body):
    """Whose a voice of the job is."""

    RULES: ClassVar[dict[str, Any]] = {
        "if": {"properties": {"speaker": {"type": "null"}}},
        "then": {"properties": {"rematch": {"const": False}}},
    }

    voice = text(
        "A speaker whom the result names, or a stranger's label in it.",
        required=True,
        validate=Pattern("^[a-zA-Z0-9_-]{1,255}$", error="must be a speaker's id or a label of the result."),
    )
    speaker = fields.String(
        required=True,
        allow_none=True,
        validate=SPEAKER_ID,
        error_messages={
            "required": "is missing; send a speaker's id, or null for nobody who is enrolled.",
            "invalid": "must be a string or null.",
        },
        metadata={"description": "Whose voice it is, enrolled or not yet; null: nobody's who is enrolled."},
    )
    enroll = _flag(True, "Make the voice's segments a sample of the speaker, who is made if he is new.")
    rematch = _flag(False, "Then compare earlier jobs' strangers with the speaker; needs a speaker.")
    consent = given_consent()

    @validates_schema
    def somebody_is_compared(self, data: dict[str, Any], **_: Any) -> None:
        """Nobody cannot be compared with."""
        if data["rematch"] and data["speaker"] is None:
            raise ValidationError("must not be true where speaker is null.", "rematch")


class RematchBody(Body):
    """Which jobs are compared with the speaker; all whose voices are kept, if nothing is said."""

    since = aware_time("Only jobs that were accepted since then.", load_default=None, allow_none=True)
    job_ids = fields.List(
        text(validate=_JOB_ID),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_JOBS, error=f"must name 1 to {MOST_JOBS} jobs."),
        error_messages={"invalid": "must be a list of jobs' ids."},
        metadata={"description": "Only these; unknown ones, and others' jobs, are left out."},
    )


class OtherSpeakerBody(Body):
    """The other id, or the other speaker."""

    speaker = text("", required=True, validate=SPEAKER_ID)


class VoiceName(Schema):
    """What a voice is called."""

    speaker = told("An enrolled speaker; null for a stranger.", allow_none=True)
    label = told("Tells the voices of the job apart.")


class Difference(Schema):
    """A segment that has another name than before."""

    start = number("Seconds from the beginning of the audio.")
    end = number("Seconds from the beginning of the audio.")
    before = fields.Nested(VoiceName, required=True)
    after = fields.Nested(VoiceName, required=True)


class ChangedJob(Schema):
    """A job whose result names somebody else now."""

    id = told()
    differences = fields.List(fields.Nested(Difference), required=True)


class Change(Schema):
    """A change of names after jobs have ended, with what differs."""

    id = told()
    kind = told(validate=validate.OneOf(list(ChangeKind)))
    status = told(
        "pending while a worker compares voices; failed if none could.",
        validate=validate.OneOf(list(ChangeState)),
    )
    speaker = told("Whom it is about, as he is called after it; null for nobody.", allow_none=True)
    other = told("What he was called before a rename, or who was merged with him.", allow_none=True)
    created_at = time("When it was made.")
    undone_at = time("When it was undone; null if it holds.", allow_none=True)
    undoes = told("Of an undo: the change that it took back.", allow_none=True)
    num_jobs = fields.Integer(
        required=True,
        validate=validate.Range(min=0),
        metadata={"description": "How many jobs name somebody else by it."},
    )
    jobs = fields.List(
        fields.Nested(ChangedJob), required=True, metadata={"description": "The first 1000 of them, by id."}
    )
    can_undo = fields.Boolean(required=True)
    blocked_by = told("The later change that has to be undone first.", allow_none=True)


class ToldChange(Schema):
    """A change as the webhook of one job is told of it."""

    id = told()
    kind = told(validate=validate.OneOf(list(ChangeKind)))
    speaker = told("Whom it is about; null for nobody.", allow_none=True)
    other = told("What he was called before, or who was merged with him.", allow_none=True)
    undoes = told("Of an undo: the change that it took back.", allow_none=True)
    differences = fields.List(fields.Nested(Difference), required=True)


class CorrectedJob(Job):
    """A job without its result, and what differs in that."""

    change = fields.Nested(ToldChange, required=True)


class CorrectionEvent(Schema):
    """What the webhook of a job gets whose names were changed after its end."""

    type = told(validate=validate.Equal("job.corrected"))
    timestamp = time("When they were changed.")
    data = fields.Nested(CorrectedJob, required=True)
