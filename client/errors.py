"""Every error the client raises, in one tree.

    RollcallError
    ├── Unreachable          nobody answers at the address, or the answer broke off
    ├── UnexpectedAnswer     what answers there is not this service, or speaks another version
    ├── UnusableAudio        a file that cannot be read, before anything is sent
    ├── Refused              the service answered with a problem
    │   ├── BadRequest       400, 405, 406, 415, 422: something in the request has to change
    │   ├── InvalidApiKey    401
    │   ├── QuotaSpent       402
    │   ├── Forbidden        403: the key has no scope for it, or a consent is missing
    │   ├── NotFound         404
    │   ├── Conflict         409
    │   ├── TooLarge         413
    │   ├── Busy             429, 503: later it may succeed
    │   └── ServiceFault     500 and others
    ├── JobFailed            the job ended with an error
    ├── JobCanceled          the job was canceled while it was waited for
    ├── ChangeFailed         a change's comparison with earlier strangers could not be done
    ├── WaitTimedOut         the job, or the change, goes on; the wait is over
    └── InvalidSignature     a webhook that the service did not send

Each has a ``code`` to branch on, and one sentence. A Refused and a JobFailed have the service's own code,
one of ``docs/errors.md``; the others have one of their class.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from client.resources import Change, Job


class RollcallError(Exception):
    """Root of the tree; never raised itself."""

    code: str

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unreachable(RollcallError):
    """Nobody answers at the address, or the answer broke off."""

    code = "unreachable"

    def __init__(self, message: str, *, was_sent: bool = True) -> None:
        super().__init__(message)
        self.was_sent = was_sent
        """False if the request cannot have reached the service."""


class UnexpectedAnswer(RollcallError):
    """What answers there is not this service, or speaks another version."""

    code = "unexpected_answer"


class UnusableAudio(RollcallError):
    """A file that cannot be read, before anything is sent."""

    code = "unusable_audio"


class Refused(RollcallError):
    """The service answered with a problem."""

    STATUSES: ClassVar[frozenset[int]] = frozenset()

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        complaints: Sequence[tuple[str, str]] = (),
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.complaints = tuple(complaints)
        """(field, what is wrong with it) of every bad field."""
        self.retry_after_seconds = retry_after_seconds


class BadRequest(Refused):
    """Something in the request has to change."""

    STATUSES = frozenset({400, 405, 406, 415, 422})


class InvalidApiKey(Refused):
    """No key, or one that is not known."""

    STATUSES = frozenset({401})


class QuotaSpent(Refused):
    """The month's audio is used up."""

    STATUSES = frozenset({402})


class Forbidden(Refused):
    """The key has no scope for this call, or a consent is missing."""

    STATUSES = frozenset({403})


class NotFound(Refused):
    """What was asked for does not exist."""

    STATUSES = frozenset({404})


class Conflict(Refused):
    """What was asked for does not go with how things stand."""

    STATUSES = frozenset({409})


class TooLarge(Refused):
    """More audio than the service takes at once."""

    STATUSES = frozenset({413})


class Busy(Refused):
    """The service takes no more just now; later the same request may succeed."""

    STATUSES = frozenset({429, 503})


class ServiceFault(Refused):
    """The service failed; its log says why."""


class JobFailed(RollcallError):
    """The job ended with an error, whose code and sentence these are."""

    def __init__(self, job: Job) -> None:
        error = job.error
        super().__init__(error.message if error else "The job failed.")
        self.job = job
        self.code = error.code if error else "internal"
        self.field = error.field if error else None


class JobCanceled(RollcallError):
    """The job was canceled while it was waited for."""

    code = "job_canceled"

    def __init__(self, job: Job) -> None:
        super().__init__("The job was canceled.")
        self.job = job


class ChangeFailed(RollcallError):
    """A change's comparison with earlier strangers could not be done; what a naming named stays so."""

    code = "change_failed"

    def __init__(self, change: Change) -> None:
        super().__init__(
            f"Change {change.id} failed: no worker could compare earlier strangers with {change.speaker_id}."
        )
        self.change = change


class WaitTimedOut(RollcallError):
    """The wait is over; the job, or the change, goes on. The other's id is None."""

    code = "wait_timed_out"

    def __init__(self, job_id: str | None, seconds: float, *, change_id: str | None = None) -> None:
        waited_for = f"Change {change_id}" if job_id is None else f"Job {job_id}"
        super().__init__(f"{waited_for} has not ended after {seconds:g} s; it goes on.")
        self.job_id = job_id
        self.change_id = change_id


class InvalidSignature(RollcallError):
    """A webhook that the service did not send, or not lately."""

    code = "invalid_signature"


def refused_by_status(status: int) -> type[Refused]:
    """The class of an answer with this status."""
    for kind in Refused.__subclasses__():
        if status in kind.STATUSES:
            return kind
    return ServiceFault
