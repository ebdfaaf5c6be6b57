"""What the caller cannot help: faults of ours, and too much to do."""

from typing import ClassVar

from shared.errors.root import RollcallError


class InternalError(RollcallError):
    """A fault of ours; details are in the log, never in the answer."""

    code = "internal"
    http_status = 500
    retryable = True


class WorkerLost(InternalError):
    """The job's worker died, as often as attempts are allowed."""

    code = "worker_lost"
    retryable = False


class AudioLost(InternalError):
    """The stored audio of an accepted job is not there any more."""

    code = "audio_lost"


class TimeLimitExceeded(InternalError):
    """The job was worked on for longer than a job may be."""

    code = "time_limit_exceeded"
    retryable = False


class Overloaded(RollcallError):
    """The service cannot take the request now."""

    code = "overloaded"
    http_status = 503
    retryable = True

    USUAL_RETRY_SECONDS: ClassVar[float] = 5

    def __init__(
        self, message: str, *, field: str | None = None, retry_after_seconds: float = USUAL_RETRY_SECONDS
    ) -> None:
        super().__init__(message, field=field)
        self.retry_after_seconds = retry_after_seconds


class RateLimited(Overloaded):
    """The tenant sends more requests than he may."""

    code = "rate_limited"
    http_status = 429


class TooManyWaiting(Overloaded):
    """The tenant has as many jobs waiting as he may."""

    code = "too_many_waiting"
    http_status = 429


class StorageUnavailable(Overloaded):
    """Audio cannot be stored or read now: the disk is full, or the blob store out of reach."""

    code = "storage_unavailable"


class WaitEnded(RollcallError):
    """A synchronous request outlived its wait; the job goes on."""

    code = "wait_ended"
    http_status = 504
    retryable = True

    def __init__(self, message: str, *, request_id: str) -> None:
        super().__init__(message)
        self.request_id = request_id
