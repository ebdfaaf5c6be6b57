"""What reading a resource has in common."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


def moment(text: str) -> datetime:
    """A time of the service's, which are ISO 8601 in UTC."""
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    """The same, where there may be none."""
    return None if text is None else moment(text)
