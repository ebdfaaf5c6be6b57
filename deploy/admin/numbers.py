"""Numbers that an operator types; what would be none, or for ever by mistake, is refused."""

import argparse
import math

MOST_DAYS = 36_500
"""A hundred years: beyond, moments cannot be reckoned with."""
DAY_SECONDS = 86_400


def days(text: str) -> float:
    """A number of days above zero. Raises ArgumentTypeError."""
    number = _number(text)
    if not 0 < number <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {MOST_DAYS}")
    return number


def seconds(text: str) -> float:
    """A number of seconds, or none at all. Raises ArgumentTypeError."""
    number = _number(text)
    if not 0 <= number <= MOST_DAYS * DAY_SECONDS:
        raise argparse.ArgumentTypeError(f"must be from 0 to {MOST_DAYS * DAY_SECONDS}")
    return number


def whole_number(text: str) -> int:
    """0, 1, 2, …. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004
        raise argparse.ArgumentTypeError("must be a whole number")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
