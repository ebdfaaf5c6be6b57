"""The resources that dialect 2 answers with, as its document describes them."""

from typing import Any, ClassVar

from marshmallow import Schema, fields, validate

from api.v1.described import number as _number
from api.v1.described import text as _text
from api.v1.described import time as _time
from api.v1.enrolled import warnings
from shared.domain import JobKind, JobState, Line, StrangerReason


class Candidate(Schema):
    """An enrolled speaker whom the voice was compared with."""

    speaker = _text()
    score = _number("Nats; above zero, one voice is likelier than two.", least=None)
    exemplar = _text("The kind of line that he was compared on.", validate=validate.OneOf(list(Line)))


class Segment(Schema):
    """One stretch of speech of one voice, and why it has the name it has."""

    id = fields.Integer(required=True, metadata={"description": "Its number in the result."})
    start = _number("Seconds from the beginning of the audio.")
    end = _number("Seconds from the beginning of the audio.")
    speaker = _text("The enrolled speaker; null for a stranger.", allow_none=True)
    label = _text(
        "Tells the voices of this job apart, strangers too; `stranger-…` is the same in all recordings of "
        "one stranger, where strangers are recognised."
    )
    confidence = _number(
        "0 to 1: how likely the voice is this speaker's or, of a stranger, none of those looked for, taking "
        "either for equally likely beforehand; null if nobody was looked for, or if a person said whose the "
        "voice is.",
        allow_none=True,
    )
    reason = _text(
        "Why a stranger has no name.", allow_none=True, validate=validate.OneOf([*StrangerReason, None])
    )
    corrected = fields.Boolean(
        required=True, metadata={"description": "Whether the name was changed after the job had ended."}
    )
    candidates = fields.List(
        fields.Nested(Candidate), required=True, metadata={"description": "The nearest few, best first."}
    )


class Result(Schema):
    """What a succeeded job found: segments by start, or the sample that was added."""

    job_id = _text()
    audio_seconds = _number("Length of the audio.", allow_none=True)
    model = _text("The model pack.", allow_none=True)
    segments = fields.List(fields.Nested(Segment))
    speaker_id = fields.String()
    sample_id = fields.String()
    warnings = warnings()

    RULES: ClassVar[dict[str, Any]] = {
        "oneOf": [{"required": ["segments"]}, {"required": ["speaker_id", "sample_id"]}]
    }


class JobError(Schema):
    """Why a job failed: the same codes as those of calls."""

    code = _text()
    message = _text()
    field = _text(allow_none=True)


class JobProgress(Schema):
    """How far a running job is."""

    stage = _text("decoding, segmentation, embeddings, matching, …")
    share = _number("0 to 1, of this stage.")


class Job(Schema):
    """A job and where it stands."""

    id = _text()
    kind = _text(validate=validate.OneOf(list(JobKind)))
    status = _text(validate=validate.OneOf(list(JobState)))
    created_at = _time("When it was accepted.")
    started_at = _time("When a worker last took it.", allow_none=True)
    finished_at = _time("When it ended.", allow_none=True)
    attempts = fields.Integer(required=True, metadata={"description": "How often a worker took it."})
    progress = fields.Nested(JobProgress, required=True, allow_none=True)
    audio_seconds = _number("Length of the audio.", allow_none=True)
    model = _text("The model pack that made the result.", allow_none=True)
    webhook = _text("Where the end is told.", allow_none=True)
    metadata = fields.Dict(required=True, metadata={"description": "What the request brought along."})
    error = fields.Nested(JobError, required=True, allow_none=True)


class FinishedJob(Job):
    """A job that was waited for, with its result; null if there is none."""

    result = fields.Nested(Result, allow_none=True)


class JobEvent(Schema):
    """What a webhook gets, and the last event of the stream of events."""

    type = _text("job. and the status.")
    timestamp = _time("When the job ended.")
    data = fields.Nested(FinishedJob, required=True)


class StreamEvent(Schema):
    """One event of the stream."""

    event = _text("progress, or at last the job's status.")
    id = _text("Where to resume.")
    data = _text("JSON: stage and share of the progress, or the finished job.")


def page_of(resource: type[Schema]) -> type[Schema]:
    """The schema of a page of resources."""
    page = Schema.from_dict(
        {
            "items": fields.List(fields.Nested(resource), required=True),
            "next_cursor": _text("For the next page; null on the last.", allow_none=True),
        },
        name=f"{resource.__name__}Page",
    )
    page.__doc__ = f"Some of a list, each one like {resource.__name__}."
    return page


class FieldComplaint(Schema):
    """One bad field."""

    field = _text()
    message = _text()


class Problem(Schema):
    """RFC 9457 problem details."""

    type = _text("urn:rollcall:error: and the code.")
    title = _text()
    status = fields.Integer(required=True)
    detail = _text("One sentence that says what to do.")
    code = _text("Stable; docs/errors.md has them all.")
    errors = fields.List(
        fields.Nested(FieldComplaint), required=True, metadata={"description": "Every bad field at once."}
    )
