"""What goes wrong, as one line with the remedy."""

from client import errors
from client.cli.exit_codes import ExitCode, exit_code_of


class Complaint(Exception):
    """Something the user has to change, before or without asking the service."""

    def __init__(
        self, message: str, exit_code: ExitCode = ExitCode.WRONG_USE, *, code: str = "wrong_use"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
        self.code = code


_REMEDIES: tuple[tuple[type[errors.RollcallError], str], ...] = (
    (
        errors.Unreachable,
        "Is it running (`make run`), and is this its address? `rollcall doctor` looks further.",
    ),
    (
        errors.InvalidApiKey,
        "Give the key with --api-key or ROLLCALL_API_KEY; `rollcall doctor` looks further.",
    ),
    (errors.Busy, "Try again later."),
)


_REMEDIES_BY_CODE = {
    "speaker_unknown": "`rollcall enroll NAME RECORDING` enrols one.",
    "enrollment_incomplete": "`rollcall enroll NAME RECORDING` adds to it.",
    "scope_missing": "`rollcall keys list` shows what keys are good for.",
    "job_finished": "`rollcall jobs show ID` says how.",
    "speaker_not_found": "So does `rollcall speakers list`.",
    "job_not_found": "So does `rollcall jobs list`.",
    "voice_not_found": "`rollcall jobs result ID --format table` shows them.",
    "change_not_found": "So does `rollcall changes list`.",
    "change_blocked": "`rollcall changes undo ID` undoes it.",
    "change_pending": "`rollcall changes show ID` tells how far it is.",
    "change_failed": "`rollcall changes show ID` tells what it has changed all the same.",
    "delivery_not_found": "So does `rollcall deliveries list`.",
    "api_key_not_found": "So does `rollcall keys list`.",
}


def exit_code(error: Exception) -> ExitCode:
    """The exit status of a command that ends with this error."""
    if isinstance(error, Complaint):
        return error.exit_code
    return exit_code_of(error) if isinstance(error, errors.RollcallError) else ExitCode.SOME_FAILED


def sentence(error: Exception) -> str:
    """What happened, and what to do."""
    by_kind = next((text for kind, text in _REMEDIES if isinstance(error, kind)), "")
    remedy = _REMEDIES_BY_CODE.get(getattr(error, "code", ""), by_kind)
    return f"{error} {remedy}".strip()
