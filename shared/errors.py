"""Every error Rollcall answers with, in one tree.

    RollcallError
    ├── BadRequest (400)
    │   ├── MalformedBody, BodyIncomplete, InvalidField, RequestIdReused
    │   ├── AudioUnreadable, AudioEmpty, AudioTooLong, AudioUnreachable
    │   ├── SpeakerUnknown, EnrollmentIncomplete, InsufficientSpeech
    │   ├── SeveralVoices, AudioClipped, AudioTooQuiet
    │   └── EgressDenied
    ├── InvalidApiKey (401)
    ├── QuotaSpent (402)
    ├── NotFound (404)
    │   └── SpeakerNotFound, SampleNotFound, JobNotFound, DeliveryNotFound
    ├── MethodNotAllowed (405)
    ├── NotAcceptable (406)
    ├── Conflict (409)
    │   └── JobFinished, JobCanceled, ResultNotReady, VoicesNotKept
    ├── ContentTooLarge (413)
    ├── UnsupportedMediaType (415)
    ├── IdempotencyKeyReused (422)
    ├── InternalError (500)
    │   └── WorkerLost
    ├── Overloaded (503)
    └── WaitEnded (504)

A code is stable: callers may branch on it. A message is one sentence for a person, names the field,
and says what to do. A worker stores an error with its job, the gateway makes it again from its code.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar


class RollcallError(Exception):
    """Root of the tree; never raised itself."""

    code: ClassVar[str] = "internal"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(
        self, message: str, *, field: str | None = None, complaints: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.complaints = complaints or ([(field, message)] if field else [])
        """Every bad field with what is wrong with it, where more than one was found."""


class BadRequest(RollcallError):
    """The caller has to change the request."""

    code = "bad_request"
    http_status = 400


class MalformedBody(BadRequest):
    """The body is not the JSON object that was asked for."""

    code = "malformed_body"


class BodyIncomplete(BadRequest):
    """The body ended before its Content-Length, or did not arrive in time."""

    code = "body_incomplete"


class InvalidField(BadRequest):
    """A field is missing, has the wrong type, or a value that cannot be used."""

    code = "invalid_field"


class RequestIdReused(BadRequest):
    """The same request_id came with another body."""

    code = "request_id_reused"


class AudioUnreadable(BadRequest):
    """The bytes are no audio that can be decoded."""

    code = "audio_unreadable"


class AudioEmpty(BadRequest):
    """There is no audio in what was sent."""

    code = "audio_empty"


class AudioTooLong(BadRequest):
    """The recording is longer than ROLLCALL_MAX_AUDIO_SECONDS."""

    code = "audio_too_long"


class AudioUnreachable(BadRequest):
    """The audio's url could not be fetched."""

    code = "audio_unreachable"


class SpeakerUnknown(BadRequest):
    """A speaker named in the request was never enrolled."""

    code = "speaker_unknown"


class EnrollmentIncomplete(BadRequest):
    """A speaker named in the request has too little enrolled speech."""

    code = "enrollment_incomplete"


class InsufficientSpeech(BadRequest):
    """The enrolment audio has less speech than ROLLCALL_ENROLL_REJECT_SECONDS."""

    code = "insufficient_speech"


class SeveralVoices(BadRequest):
    """The enrolment audio has more than one voice."""

    code = "several_voices"


class AudioClipped(BadRequest):
    """The enrolment audio was recorded so loud that its peaks are cut off."""

    code = "audio_clipped"


class AudioTooQuiet(BadRequest):
    """The speech in the enrolment audio is far too quiet."""

    code = "audio_too_quiet"


class EgressDenied(BadRequest):
    """A url points where the service must not connect."""

    code = "egress_denied"


class InvalidApiKey(RollcallError):
    """No key, or one that is not known."""

    code = "invalid_api_key"
    http_status = 401


class QuotaSpent(RollcallError):
    """The tenant has used up the seconds of audio that he may have processed in a month."""

    code = "quota_spent"
    http_status = 402


class NotFound(RollcallError):
    """There is nothing at this address."""

    code = "not_found"
    http_status = 404


class SpeakerNotFound(NotFound):
    """The speaker asked for does not exist."""

    code = "speaker_not_found"


class SampleNotFound(NotFound):
    """The sample asked for does not exist."""

    code = "sample_not_found"


class DeliveryNotFound(NotFound):
    """The delivery asked for does not exist."""

    code = "delivery_not_found"


class JobNotFound(NotFound):
    """The job asked for does not exist."""

    code = "job_not_found"


class MethodNotAllowed(RollcallError):
    """The address exists, for another method."""

    code = "method_not_allowed"
    http_status = 405


class NotAcceptable(RollcallError):
    """The result cannot be given in the format asked for."""

    code = "not_acceptable"
    http_status = 406


class Conflict(RollcallError):
    """The resource is not in a state that allows this."""

    code = "conflict"
    http_status = 409


class JobFinished(Conflict):
    """A job that has ended cannot be canceled."""

    code = "job_finished"


class JobCanceled(Conflict):
    """The job that a request waited for was canceled, or its speaker was erased."""

    code = "job_canceled"


class ResultNotReady(Conflict):
    """The job has no result, or none yet."""

    code = "result_not_ready"


class VoicesNotKept(Conflict):
    """The voices of the job that was referred to are not kept any more."""

    code = "voices_not_kept"


class IdempotencyKeyReused(RollcallError):
    """The same Idempotency-Key came with another body."""

    code = "idempotency_key_reused"
    http_status = 422


class ContentTooLarge(RollcallError):
    """The body or the audio is larger than ROLLCALL_MAX_CONTENT_BYTES allows."""

    code = "content_too_large"
    http_status = 413


class UnsupportedMediaType(RollcallError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    http_status = 415


class InternalError(RollcallError):
    """A fault of ours; details are in the log, never in the answer."""

    code = "internal"
    http_status = 500
    retryable = True


class WorkerLost(InternalError):
    """The job's worker died, as often as attempts are allowed."""

    code = "worker_lost"


class Overloaded(RollcallError):
    """The service cannot take the request now."""

    code = "overloaded"
    http_status = 503
    retryable = True

    def __init__(self, message: str, *, field: str | None = None, retry_after_seconds: float = 5) -> None:
        super().__init__(message, field=field)
        self.retry_after_seconds = retry_after_seconds


class WaitEnded(RollcallError):
    """A synchronous request outlived its wait; the job goes on."""

    code = "wait_ended"
    http_status = 504
    retryable = True

    def __init__(self, message: str, *, request_id: str) -> None:
        super().__init__(message)
        self.request_id = request_id


def all_errors(root: type[RollcallError] = RollcallError) -> Iterator[type[RollcallError]]:
    """Every class of the tree below ``root``, parents first."""
    for child in root.__subclasses__():
        yield child
        yield from all_errors(child)


def error_from_code(code: str, message: str, field: str | None = None) -> RollcallError:
    """Make a stored error again. A code this version does not know becomes InternalError."""
    for kind in all_errors():
        if kind.code == code and kind is not WaitEnded:
            return kind(message, field=field)
    return InternalError(message, field=field)
