"""How much audio a tenant had processed this month, and how much he may."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.store.schema import Tenant, Usage, now

# Made once: making it takes longer than answering it.
_COUNT = (
    update(Usage)
    .where(Usage.tenant_id == bindparam("of_tenant"), Usage.month == bindparam("of_month"))
    .values(audio_seconds=Usage.audio_seconds + bindparam("more_seconds"), jobs=Usage.jobs + 1)
    .returning(Usage.month)
    .execution_options(synchronize_session=False)
)


def add_usage(session: Session, tenant_id: str, audio_seconds: float) -> None:
    """Count a job, and its seconds of audio, to the tenant's current month."""
    month = month_of(now())
    counted = {"of_tenant": tenant_id, "of_month": month, "more_seconds": audio_seconds}
    if session.execute(_COUNT, counted).first() is not None:
        return
    try:
        with session.begin_nested():
            session.add(Usage(tenant_id=tenant_id, month=month, audio_seconds=audio_seconds, jobs=1))
    except IntegrityError:
        session.execute(_COUNT, counted)  # another job of the tenant began the month at this moment


def used_seconds(session: Session, tenant_id: str) -> float:
    """Seconds of audio that the tenant had processed this month."""
    used = session.scalar(
        select(Usage.audio_seconds).where(Usage.tenant_id == tenant_id, Usage.month == month_of(now()))
    )
    return used or 0.0


def set_quota(session: Session, tenant_id: str, seconds_per_month: float | None) -> bool:
    """Set or, with None, lift a tenant's quota; False if there is no such tenant."""
    found = session.execute(
        update(Tenant)
        .where(Tenant.id == tenant_id)
        .values(monthly_quota_seconds=seconds_per_month)
        .returning(Tenant.id)
    )
    return found.first() is not None


def month_of(moment: datetime) -> str:
    """A moment's calendar month as it is written in the ledger."""
    return f"{moment:%Y-%m}"
