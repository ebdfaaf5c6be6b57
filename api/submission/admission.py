"""Whether a request is taken at all: the tenant's quota, who is named, and the queue before a promise."""

from collections.abc import Sequence
from datetime import UTC, datetime

from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from shared.errors import EnrollmentIncomplete, Overloaded, QuotaSpent, SpeakerUnknown
from shared.load import expected_wait_seconds, service_seconds
from shared.presence import workers_present
from shared.services import Services
from shared.store import jobs, usage
from shared.store.speakers import Speakers
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


def check_wait(services: Services, session: Session, queue: str) -> None:
    """Refuse a synchronous request whose answer cannot come in time. Raises Overloaded."""
    promise_seconds = services.settings.sync_wait_seconds
    ahead = jobs.count_unfinished(session, queue)
    if not ahead:
        return
    try:
        seconds_each = service_seconds(services.redis, queue)
        workers = sum(worker.serves(queue) for worker in workers_present(services.redis))
    except RedisError:
        return  # the ledger keeps the job, and the wait says so when it ends
    wait_seconds = expected_wait_seconds(ahead, seconds_each, workers)
    if wait_seconds > promise_seconds:
        raise Overloaded(
            f"{ahead} requests wait already: an answer would take {wait_seconds:.0f} s, longer than the "
            f"{promise_seconds:.0f} s a request may wait; use the asynchronous call or come again later.",
            retry_after_seconds=wait_seconds - promise_seconds + seconds_each,
        )
