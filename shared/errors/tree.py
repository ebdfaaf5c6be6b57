"""The tree as a whole: its errors, and an error made again from its code."""

from collections.abc import Iterator

from shared.errors.root import RollcallError
from shared.errors.service import InternalError, WaitEnded


def all_errors(root: type[RollcallError] = RollcallError) -> Iterator[type[RollcallError]]:
    """Every class below ``root`` that has a code, parents first; importing the package has defined them."""
    for child in root.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from all_errors(child)


def error_from_code(code: str, message: str, field: str | None = None) -> RollcallError:
    """Make a stored error again. A code this version does not know becomes InternalError."""
    for kind in all_errors():
        if kind.code == code and kind is not WaitEnded:
            return kind(message, field=field)
    return InternalError(message, field=field)
