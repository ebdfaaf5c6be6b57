"""What is wrong with the audio."""

from shared.errors.requests import BadRequest


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
    retryable = True


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
