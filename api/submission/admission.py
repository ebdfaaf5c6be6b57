"""Whether a request is taken at all: the tenant's quota, and the queue before a promise to wait."""

from datetime import UTC, datetime

from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from shared.errors import Overloaded, QuotaSpent
from shared.load import expected_wait_seconds, service_seconds
from shared.presence import workers_present
from shared.services import Services
from shared.store import jobs, usage
from shared.store.tenants import Caller


def check_quota(session: Session, caller: Caller) -> None:
    """Raises QuotaSpent."""
    quota_seconds = caller.monthly_quota_seconds
    if quota_seconds is not None and usage.used_seconds(session, caller.tenant_id) >= quota_seconds:
        today = datetime.now(UTC)
        year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)  # noqa: PLR2004
        raise QuotaSpent(
            "The quota of audio for this month is spent; "
            f"wait until {year}-{month:02}-01 (UTC) or ask the operator to raise it."
        )


def check_wait(services: Services, session: Session, queue: str) -> None:
    """Refuse a synchronous request whose answer cannot come in time. Raises Overloaded."""
    promise_seconds = services.settings.sync_wait_seconds
    ahead = jobs.count_unfinished(session, queue)
    if not ahead:
        return
    try:
        seconds_each = service_seconds(services.redis, queue)
        workers = len(workers_present(services.redis))
    except RedisError:
        return  # the ledger keeps the job, and the wait says so when it ends
    wait_seconds = expected_wait_seconds(ahead, seconds_each, workers)
    if wait_seconds > promise_seconds:
        raise Overloaded(
            f"{ahead} requests wait already: an answer would take {wait_seconds:.0f} s, longer than the "
            f"{promise_seconds:.0f} s a request may wait; use the asynchronous call or come again later.",
            retry_after_seconds=wait_seconds - promise_seconds + seconds_each,
        )
