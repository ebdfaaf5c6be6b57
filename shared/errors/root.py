"""What every error has."""

from collections.abc import Sequence
from typing import ClassVar


class RollcallError(Exception):
    """Root of the tree; never raised itself."""

    code: ClassVar[str]
    http_status: ClassVar[int]
    retryable: ClassVar[bool] = False
    """Whether the same request, sent again, may succeed with nothing changed by the caller."""

    def __init__(
        self, message: str, *, field: str | None = None, complaints: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.complaints = complaints or ([(field, message)] if field else [])
        """Every bad field with what is wrong with it, where more than one was found."""
