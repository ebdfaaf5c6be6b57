"""What the command's exit status tells; ``docs/command-line.md`` lists them."""

from enum import IntEnum

from client import errors


class ExitCode(IntEnum):
    """Stable: scripts branch on them."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_USE = 2
    UNREACHABLE = 3
    KEY_REFUSED = 4
    REFUSED = 5
    NOT_FOUND = 6
    TRY_LATER = 7
    WAIT_ENDED = 8
    INTERRUPTED = 130
    PIPE_CLOSED = 141


_BY_KIND: tuple[tuple[type[errors.RollcallError], ExitCode], ...] = (
    (errors.Unreachable, ExitCode.UNREACHABLE),
    (errors.UnexpectedAnswer, ExitCode.UNREACHABLE),
    (errors.UnusableAudio, ExitCode.WRONG_USE),
    (errors.InvalidApiKey, ExitCode.KEY_REFUSED),
    (errors.Forbidden, ExitCode.KEY_REFUSED),
    (errors.NotFound, ExitCode.NOT_FOUND),
    (errors.QuotaSpent, ExitCode.TRY_LATER),
    (errors.Busy, ExitCode.TRY_LATER),
    (errors.Refused, ExitCode.REFUSED),
    (errors.WaitTimedOut, ExitCode.WAIT_ENDED),
)
"""The first that fits; what is not here is something that failed."""


def exit_code_of(error: errors.RollcallError) -> ExitCode:
    """The exit status of a command that an error ends."""
    return next((code for kind, code in _BY_KIND if isinstance(error, kind)), ExitCode.SOME_FAILED)
