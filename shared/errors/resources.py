"""What is not there, or not in a state that allows what was asked."""

from shared.errors.root import RollcallError


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


class ApiKeyNotFound(NotFound):
    """The API key asked for does not exist."""

    code = "api_key_not_found"


class JobNotFound(NotFound):
    """The job asked for does not exist."""

    code = "job_not_found"


class VoiceNotFound(NotFound):
    """The job has no voice of that name or label."""

    code = "voice_not_found"


class ChangeNotFound(NotFound):
    """The change asked for does not exist."""

    code = "change_not_found"


class AudioNotKept(NotFound):
    """The audio of the job is not kept, or not any more."""

    code = "audio_not_kept"


class Conflict(RollcallError):
    """The resource is not in a state that allows this; never raised itself."""

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
    retryable = True


class VoicesNotKept(Conflict):
    """The voices of the job that was referred to are not kept any more."""

    code = "voices_not_kept"


class SpeakerExists(Conflict):
    """Another speaker has the id already."""

    code = "speaker_exists"


class SpeakerBusy(Conflict):
    """Enrolments of the speaker, or comparisons with him, are under way."""

    code = "speaker_busy"
    retryable = True


class ChangePending(Conflict):
    """The change is not finished yet, and cannot be undone before."""

    code = "change_pending"
    retryable = True


class ChangeUndone(Conflict):
    """The change was undone already, or is an undo itself."""

    code = "change_undone"


class ChangeBlocked(Conflict):
    """A later change stands on this one, and has to be undone first."""

    code = "change_blocked"
