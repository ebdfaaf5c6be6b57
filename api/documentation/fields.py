"""Fields and validators that say in JSON Schema exactly what they take."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate


class Pattern(validate.Regexp):
    """The whole text matches ``^…$``, written as ECMAScript and Python both read it."""

    def __init__(self, pattern: str, *, error: str) -> None:
        if not (pattern.startswith("^") and pattern.endswith("$")):
            raise ValueError("a pattern of a whole text begins with ^ and ends with $")
        super().__init__(pattern, error=error)
        # Python's $ allows a line break behind it.
        self._whole = re.compile(pattern.removesuffix("$") + r"\Z")

    def __call__(self, value: str) -> str:  # type: ignore[override]
        """The text. Raises ValidationError when it does not match."""
        if not self._whole.match(value):
            raise ValidationError(self._format_error(value))
        return value


class WholeNumber(fields.Integer):
    """What JSON Schema calls an integer: 4 and 4.0, but neither 4.5 nor "4" nor true."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise self.make_error("invalid", input=value)
        return int(value)


class LenientWholeNumber(fields.Field[int]):
    """A whole number of a range, or its digits as text: ``digits`` is a pattern of some that are in range."""

    def __init__(self, least: int, most: int, *, digits: str, range_error: str, **options: Any) -> None:
        bounds = {"minimum": least, "maximum": most, "pattern": digits}
        super().__init__(
            validate=validate.Range(least, most, error=range_error),
            metadata={"type": ["integer", "string"], **bounds},
            **options,
        )
        self._digits = re.compile(r"-?[0-9]{1,9}")
        self._number = WholeNumber(error_messages=options.get("error_messages"))

    def _deserialize(self, value: Any, *where: Any, **_: Any) -> int:
        if isinstance(value, str) and self._digits.fullmatch(value):
            return int(value)
        number: int = self._number.deserialize(value, *where)
        return number
