"""Lists by age, from after a row that was shown before."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, or_

from shared.errors import InvalidField
from shared.store.schema import Change, Delivery, Job, Sample

Listed = Job | Delivery | Sample | Change


def newest_first(query: Select[Any], table: type[Listed], after: list[str] | None) -> Select[Any]:
    """The query in order, from after a :func:`position`. Raises InvalidField for one of another list."""
    if after is not None:
        created_at, row_id = _read(after)
        query = query.where(
            or_(table.created_at < created_at, and_(table.created_at == created_at, table.id < row_id))
        )
    return query.order_by(table.created_at.desc(), table.id.desc())


def position(row: Listed) -> list[str]:
    """Where a row stands in its list."""
    return [row.created_at.isoformat(), row.id]


def _read(after: list[str]) -> tuple[datetime, str]:
    try:
        created_at, row_id = after
        moment = datetime.fromisoformat(created_at)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidField(
            "cursor is not one of this list; leave it out for the first page.", field="cursor"
        ) from None
    return moment, row_id
