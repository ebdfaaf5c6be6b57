"""Validators that say in JSON Schema exactly what they check."""

import re

from marshmallow import ValidationError, validate


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
