"""The list of a tenant's speakers who are easily taken for each other, worst first."""

import math
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from shared.errors import InvalidField
from shared.store.schema import ConfusablePair, Speaker


@dataclass(frozen=True)
class Confusable:
    """Two speakers by id, a score in nats, and how likely a stranger reaches it."""

    speaker_ids: tuple[str, str]
    score: float
    false_accept_probability: float
    position: tuple[str, str, str]
    """Where it stands in the list."""


def worst_first(session: Session, tenant_id: str, *, after: list[str] | None, limit: int) -> list[Confusable]:
    """Pairs from after a position. Raises InvalidField for one of another list."""
    one, other = aliased(Speaker), aliased(Speaker)
    pair = ConfusablePair
    query = (
        select(pair, one.speaker_id, other.speaker_id)
        .join(one, one.id == pair.first_key)
        .join(other, other.id == pair.second_key)
        .where(pair.tenant_id == tenant_id)
        .order_by(pair.score.desc(), pair.first_key, pair.second_key)
        .limit(limit)
    )
    if after is not None:
        score, first_key, second_key = _read(after)
        later = or_(
            pair.first_key > first_key, and_(pair.first_key == first_key, pair.second_key > second_key)
        )
        query = query.where(or_(pair.score < score, and_(pair.score == score, later)))
    return [_confusable(*row) for row in session.execute(query)]


def _confusable(pair: ConfusablePair, one_id: str, other_id: str) -> Confusable:
    first, second = sorted((one_id, other_id))
    position = (repr(pair.score), pair.first_key, pair.second_key)
    return Confusable((first, second), pair.score, pair.false_accept_probability, position)


def _read(after: list[str]) -> tuple[float, str, str]:
    try:
        text, first_key, second_key = after
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise InvalidField("cursor is not one of this list; leave it out for the first page.", field="cursor")
    return score, first_key, second_key
