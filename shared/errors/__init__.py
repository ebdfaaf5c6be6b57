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
    ├── ScopeMissing, ConsentRequired (403)
    ├── NotFound (404)
    │   ├── SpeakerNotFound, SampleNotFound, JobNotFound, DeliveryNotFound, ApiKeyNotFound
    │   └── VoiceNotFound, ChangeNotFound, AudioNotKept
    ├── MethodNotAllowed (405)
    ├── NotAcceptable (406)
    ├── Conflict (409)
    │   ├── JobFinished, JobCanceled, ResultNotReady, VoicesNotKept
    │   ├── SpeakerExists, SpeakerBusy
    │   └── ChangePending, ChangeUndone, ChangeBlocked
    ├── ContentTooLarge (413)
    ├── UnsupportedMediaType (415)
    ├── IdempotencyKeyReused (422)
    ├── InternalError (500)
    │   └── AudioLost, TimeLimitExceeded, WorkerLost
    ├── Overloaded (503)
    │   ├── StorageUnavailable
    │   └── RateLimited, TooManyWaiting (429)
    └── WaitEnded (504)

A code is stable: callers may branch on it. A message is one sentence for a person, names the field,
and says what to do. A worker stores an error with its job, the gateway makes it again from its code.
RollcallError and Conflict are only kinds: they have no code and are never raised themselves.
``docs/errors.md`` explains each code to callers.
"""

from shared.errors.audio import (
    AudioClipped,
    AudioEmpty,
    AudioTooLong,
    AudioTooQuiet,
    AudioUnreachable,
    AudioUnreadable,
    InsufficientSpeech,
    SeveralVoices,
)
from shared.errors.refusals import (
    ConsentRequired,
    ContentTooLarge,
    IdempotencyKeyReused,
    InvalidApiKey,
    MethodNotAllowed,
    NotAcceptable,
    QuotaSpent,
    ScopeMissing,
    UnsupportedMediaType,
)
from shared.errors.requests import (
    BadRequest,
    BodyIncomplete,
    EgressDenied,
    EnrollmentIncomplete,
    InvalidField,
    MalformedBody,
    RequestIdReused,
    SpeakerUnknown,
)
from shared.errors.resources import (
    ApiKeyNotFound,
    AudioNotKept,
    ChangeBlocked,
    ChangeNotFound,
    ChangePending,
    ChangeUndone,
    Conflict,
    DeliveryNotFound,
    JobCanceled,
    JobFinished,
    JobNotFound,
    NotFound,
    ResultNotReady,
    SampleNotFound,
    SpeakerBusy,
    SpeakerExists,
    SpeakerNotFound,
    VoiceNotFound,
    VoicesNotKept,
)
from shared.errors.root import RollcallError
from shared.errors.service import (
    AudioLost,
    InternalError,
    Overloaded,
    RateLimited,
    StorageUnavailable,
    TimeLimitExceeded,
    TooManyWaiting,
    WaitEnded,
    WorkerLost,
)
from shared.errors.tree import all_errors, error_from_code

__all__ = [
    "ApiKeyNotFound",
    "AudioClipped",
    "AudioEmpty",
    "AudioLost",
    "AudioNotKept",
    "AudioTooLong",
    "AudioTooQuiet",
    "AudioUnreachable",
    "AudioUnreadable",
    "BadRequest",
    "BodyIncomplete",
    "ChangeBlocked",
    "ChangeNotFound",
    "ChangePending",
    "ChangeUndone",
    "Conflict",
    "ConsentRequired",
    "ContentTooLarge",
    "DeliveryNotFound",
    "EgressDenied",
    "EnrollmentIncomplete",
    "IdempotencyKeyReused",
    "InsufficientSpeech",
    "InternalError",
    "InvalidApiKey",
    "InvalidField",
    "JobCanceled",
    "JobFinished",
    "JobNotFound",
    "MalformedBody",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "Overloaded",
    "QuotaSpent",
    "RateLimited",
    "RequestIdReused",
    "ResultNotReady",
    "RollcallError",
    "SampleNotFound",
    "ScopeMissing",
    "SeveralVoices",
    "SpeakerBusy",
    "SpeakerExists",
    "SpeakerNotFound",
    "SpeakerUnknown",
    "StorageUnavailable",
    "TimeLimitExceeded",
    "TooManyWaiting",
    "UnsupportedMediaType",
    "VoiceNotFound",
    "VoicesNotKept",
    "WaitEnded",
    "WorkerLost",
    "all_errors",
    "error_from_code",
]
