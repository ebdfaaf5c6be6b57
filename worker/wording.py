"""Errors of a job in its caller's words: they name fields as dialect 1 does, whatever the audio came in."""

from shared.domain import AUDIO_FIELD, Dialect
from shared.errors import RollcallError
from shared.store.schema import Job

_CONTENT, _SAMPLE_RATE = "content", "sampleRate"


def in_callers_words(error: RollcallError, job: Job) -> RollcallError:
    """The error by the field that was sent: ``url``, or ``file`` and ``sample_rate`` of dialect 2."""
    field = _sent_as(error.field, job)
    if error.field is None or field == error.field:
        return error
    # The last mention: "insufficient speech content" comes before it.
    return type(error)(field.join(error.message.rsplit(error.field, 1)), field=field)


def _sent_as(field: str | None, job: Job) -> str:
    if field == _CONTENT:
        return "url" if job.sealed_audio_url else str(job.parameters.get(AUDIO_FIELD, _CONTENT))
    if field == _SAMPLE_RATE and job.dialect == Dialect.V1:
        return "sample_rate"
    return str(field)
