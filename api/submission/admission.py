"""Whether a request is taken at all: the tenant's quota, who is named, and the queue before a promise."""

from collections.abc import Sequence
from datetime import UTC, datetime

from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from api.submission.drains import Drains
from shared.errors import EnrollmentIncomplete, Overloaded, QuotaSpent, SpeakerUnknown, TooManyWaiting
from shared.services import Services
from shared.store import jobs, usage
from shared.store.speakers import Speakers
from shared.store.tenants import Caller

# The pace is a mean, and jobs differ: no more of the promised wait is counted on.
COUNTED_ON_SHARE = 0.75
# Whoever is refused for a full queue is to find room for more than one job when he comes again.
WORTH_COMING_AGAIN_SHARE = 0.05


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


def check_speakers(speakers: Speakers, wanted: Sequence[str], named: str) -> None:
    """Raises SpeakerUnknown or EnrollmentIncomplete for one whom the field ``named`` should not name."""
    if not wanted:
        return
    found = {summary.speaker_id: summary for summary in speakers.summaries(wanted)}
    for speaker_id in wanted:
        if speaker_id not in found:
            raise SpeakerUnknown(
                f"{named} names {speaker_id!r}, who is not enrolled; enrol this speaker first.",
                field=named,
            )
        summary = found[speaker_id]
        if not summary.enrollment_complete:
            missing = summary.complete_seconds - summary.speech_seconds
            raise EnrollmentIncomplete(
                f"{named} names {speaker_id!r}, whose enrolment is not complete; enrol at least "
                f"{missing:.1f} s more of this speaker's speech.",
                field=named,
            )


def check_wait(session: Session, caller: Caller, queue: str, drains: Drains, promise_seconds: float) -> None:
    """Refuse a synchronous request whose answer cannot come in time. Raises Overloaded.

    Tenants take turns, so a tenant's own requests count once for each tenant who has some; and once more for
    one who may come before they are done, whom they must neither keep out nor be kept waiting by.
    """
    unfinished = jobs.count_unfinished(session, queue)
    if not unfinished:
        return
    try:
        drain = drains.of(queue)
    except RedisError:
        return  # the ledger keeps the job, and the wait says so when it ends
    ahead, own = sum(unfinished.values()), unfinished.get(caller.tenant_id, 0)
    in_turns = own * (len(unfinished.keys() | {caller.tenant_id}) + 1)
    wait_seconds = drain.seconds_for(max(ahead, in_turns) + 1)
    if wait_seconds > promise_seconds * COUNTED_ON_SHARE:
        raise Overloaded(
            f"{ahead} requests wait already: an answer may take more than the {promise_seconds:.0f} s that a "
            "request may wait; use the asynchronous call or come again later.",
            retry_after_seconds=max(wait_seconds - promise_seconds * COUNTED_ON_SHARE, drain.seconds_for(1)),
        )


def check_backlog(services: Services, session: Session, caller: Caller, queue: str, drains: Drains) -> None:
    """Refuse a job that would wait behind too many. Raises TooManyWaiting and Overloaded."""
    settings = services.settings
    try:
        if services.queue.waiting(queue) >= settings.max_waiting_jobs:
            raise Overloaded(
                f"{settings.max_waiting_jobs} jobs wait already, as many as the service allows; "
                "come again later.",
                retry_after_seconds=_seconds_for_some(drains, queue, settings.max_waiting_jobs),
            )
    except RedisError:
        pass  # how many wait in all is not worth refusing anybody for; how many of one tenant's follows
    most = caller.max_waiting_jobs
    most = settings.max_waiting_jobs_per_tenant if most is None else most
    if jobs.count_waiting_of(session, caller.tenant_id, queue, most) >= most:
        raise TooManyWaiting(
            f"{most} of your jobs wait already, as many as you may have; wait until some are done, "
            "or have the operator raise the limit.",
            retry_after_seconds=_seconds_for_some(drains, queue, most),
        )


def _seconds_for_some(drains: Drains, queue: str, limit: int) -> float:
    """Until so many of the jobs are done that it is worth coming again."""
    try:
        return max(1.0, drains.of(queue).seconds_for(limit * WORTH_COMING_AGAIN_SHARE))
    except RedisError:
        return 1.0
