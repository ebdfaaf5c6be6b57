"""What is due to be deleted: by the tenants' policies, and because consents have expired."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from shared.domain import FINAL_STATES
from shared.receipts import ErasureReason
from shared.store.changes import one_at_a_time
from shared.store.schema import AuditRecord, Change, Delivery, Job, Sample, Speaker, Tenant


@dataclass(frozen=True)
class Policy:
    """For how many days what is kept, None for ever; whether nobody is enrolled without consent; how many
    jobs may wait, and whether strangers are recognised, None for what the settings say."""

    results_days: float | None = None
    voiceprints_days: float | None = None
    requires_consent: bool = False
    max_waiting_jobs: int | None = None
    recognises_strangers: bool | None = None


@dataclass(frozen=True)
class Due:
    """A speaker who has to be erased."""

    tenant_id: str
    speaker_id: str
    reason: ErasureReason


def set_policy(session: Session, tenant_id: str, **changes: float | bool | None) -> Policy | None:
    """Change some of a tenant's policy; the whole of it, None if there is no such tenant."""
    tenant = session.get(Tenant, tenant_id, with_for_update=True)
    if tenant is None:
        return None
    for name, value in changes.items():
        setattr(tenant, name, value)
    return Policy(
        tenant.results_days,
        tenant.voiceprints_days,
        tenant.requires_consent,
        tenant.max_waiting_jobs,
        tenant.recognises_strangers,
    )


def due_speakers(session: Session, moment: datetime, limit: int) -> list[Due]:
    """Speakers to erase. They cannot be enrolled again until the transaction ends."""
    expired = select(Speaker).where(Speaker.consent_expires_at <= moment)
    policies = _policies(session, "voiceprints_days")
    # As an erasure does, and everybody else who changes names: tenants first, then their speakers.
    of_expired = expired.with_only_columns(Speaker.tenant_id)
    for tenant_id in sorted({*session.scalars(of_expired.distinct()), *(one for one, _ in policies)}):
        one_at_a_time(session, tenant_id)
    found = [(one, ErasureReason.CONSENT_EXPIRED) for one in _locked(session, expired, limit)]
    for tenant_id, days in policies:
        before = moment - timedelta(days=days)
        stale = select(Speaker).where(Speaker.tenant_id == tenant_id, _newest() < before)
        # Once more under the lock: a sample may have come before it.
        locked = {one.id for one in _locked(session, stale, limit)}
        again = session.scalars(stale.where(Speaker.id.in_(locked)))
        found += [(one, ErasureReason.RETENTION) for one in again]
    return [Due(one.tenant_id, one.speaker_id, reason) for one, reason in found]


def forget_old_results(session: Session, moment: datetime, limit: int) -> int:
    """Delete final jobs that are kept no longer, with deliveries and voices, and changes and tests as old.

    How many there were.
    """
    deleted = 0
    for tenant_id, days in _policies(session, "results_days"):
        before = moment - timedelta(days=days)
        old_jobs = select(Job.id).where(
            Job.tenant_id == tenant_id, Job.state.in_(FINAL_STATES), Job.finished_at < before
        )
        old_tests = select(Delivery.id).where(
            Delivery.tenant_id == tenant_id, Delivery.job_id.is_(None), Delivery.finished_at < before
        )
        old_changes = select(Change.id).where(Change.tenant_id == tenant_id, Change.created_at < before)
        deleted += _delete(session, Job, old_jobs.limit(limit))
        deleted += _delete(session, Change, old_changes.limit(limit))
        deleted += _delete(session, Delivery, old_tests.limit(limit))
    return deleted


def _delete(session: Session, table: type[Job | Delivery | Change], wanted: Select[str]) -> int:
    ids = list(session.scalars(wanted))
    session.execute(delete(table).where(table.id.in_(ids)))
    return len(ids)


def erased_since(session: Session, moment: datetime) -> bool:
    """Whether anybody was erased after a moment."""
    return session.scalar(select(AuditRecord.id).where(AuditRecord.at >= moment).limit(1)) is not None


def _policies(session: Session, name: str) -> list[tuple[str, float]]:
    column = getattr(Tenant, name)
    found = session.execute(select(Tenant.id, column).where(column.is_not(None)))
    return [(tenant_id, days) for tenant_id, days in found]


def _newest() -> ColumnElement[datetime]:
    """When a speaker's newest sample was added; when he was made, if he has none."""
    added = select(func.max(Sample.created_at)).where(Sample.speaker_key == Speaker.id).scalar_subquery()
    return func.coalesce(added, Speaker.created_at)


def _locked(session: Session, query: Select[Speaker], limit: int) -> list[Speaker]:
    ordered = query.order_by(Speaker.id).limit(limit)
    return list(session.scalars(ordered.with_for_update(skip_locked=True)))
