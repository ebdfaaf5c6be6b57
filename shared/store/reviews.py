"""Reviews of speakers: which are due, and what one found.

Whatever changes a speaker's samples makes a review of him due in the same transaction; a review that
finds him changed meanwhile writes nothing. So a lost message delays a review and loses nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from shared.review import Resemblance, Review
from shared.store.changes import one_at_a_time
from shared.store.schema import ConfusablePair, Sample, Speaker, now
from shared.store.scrubbing import erased_of


def demand(session: Session, speaker_key: str) -> None:
    """Make a review of the speaker due."""
    session.execute(update(Speaker).where(Speaker.id == speaker_key).values(review_due_at=now()))


def find_due(session: Session, speaker_key: str) -> Speaker | None:
    """The speaker, if there is such and a review of him is due."""
    return session.scalar(
        select(Speaker).where(Speaker.id == speaker_key, Speaker.review_due_at.is_not(None))
    )


def overdue(session: Session, older_than_seconds: float, limit: int) -> list[str]:
    """Keys of the speakers whose review is due for longest, who go to the end of the line."""
    line_begins = now() - timedelta(seconds=older_than_seconds)
    keys = session.scalars(
        select(Speaker.id)
        .where(Speaker.review_due_at < line_begins)
        .order_by(Speaker.review_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(update(Speaker).where(Speaker.id.in_(keys)).values(review_due_at=now()))
    return list(keys)


def unwarned_samples(session: Session, speaker_key: str) -> set[str]:
    """Ids of the speaker's samples that were not yet compared with others."""
    wanted = select(Sample.id).where(Sample.speaker_key == speaker_key, Sample.warnings.is_(None))
    return set(session.scalars(wanted))


def record(session: Session, reviewed: Speaker, review: Review) -> bool:
    """Write what was found of a speaker as he was read; False, and nothing is written, if he has changed."""
    # Two reviews may find the same pair.
    one_at_a_time(session, reviewed.tenant_id)
    if not _settle(session, reviewed.id, reviewed.review_due_at):
        return False
    found = [warning for warnings in review.warnings.values() for warning in warnings]
    gone = erased_of(session, reviewed.tenant_id, (warning.speaker_id for warning in found))
    for sample_id, warnings in review.warnings.items():
        kept = [warning.to_json() for warning in warnings if warning.speaker_id not in gone]
        session.execute(update(Sample).where(Sample.id == sample_id).values(warnings=kept))
    for sample_id, agreement in review.agreements.items():
        shown = agreement.to_json() if agreement else None
        session.execute(update(Sample).where(Sample.id == sample_id).values(agreement=shown))
    _replace_pairs(session, reviewed, review.resemblances)
    return True


def _settle(session: Session, speaker_key: str, due_at: datetime | None) -> bool:
    settled = session.execute(
        update(Speaker)
        .where(Speaker.id == speaker_key, Speaker.review_due_at == due_at)
        .values(review_due_at=None)
        .returning(Speaker.id)
    )
    return settled.first() is not None


def _replace_pairs(session: Session, speaker: Speaker, resemblances: list[Resemblance]) -> None:
    session.execute(
        delete(ConfusablePair).where(
            or_(ConfusablePair.first_key == speaker.id, ConfusablePair.second_key == speaker.id)
        )
    )
    ids = [one.speaker_id for one in resemblances]
    others = session.scalars(
        select(Speaker).where(Speaker.tenant_id == speaker.tenant_id, Speaker.speaker_id.in_(ids))
    )
    key_of = {other.speaker_id: other.id for other in others}
    for one in resemblances:
        # He may have been erased since he was read.
        if one.speaker_id in key_of:
            first_key, second_key = sorted((speaker.id, key_of[one.speaker_id]))
            session.add(
                ConfusablePair(
                    first_key=first_key,
                    second_key=second_key,
                    tenant_id=speaker.tenant_id,
                    score=round(one.score, 3),
                    false_accept_probability=one.false_accept_probability,
                )
            )
    session.flush()
