"""Waiting for a job's end on behalf of a request, by no more requests than leave the gateway its breath."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from shared.domain import JobState
from shared.errors import Overloaded, WaitEnded, error_from_code
from shared.services import Services
from shared.store import jobs
from shared.store.schema import Job

# Word of a job's end can be lost with a Redis that is restarted; after so long the ledger is asked.
LEDGER_ASKED_EVERY_SECONDS = 30.0
PAUSE_WITHOUT_STORE_SECONDS = 1.0


def wait_for_end(services: Services, job: Job, seconds: float) -> Job | None:
    """The job once it is final; None if it was removed meanwhile.

    Raises WaitEnded when time is up, and the error of a job that was refused and removed.
    """
    deadline = time.monotonic() + seconds
    current: Job | None = job
    while current is not None and not JobState(current.state).is_final:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise WaitEnded(
                f"The job is not finished after {seconds:.0f} s and goes on; "
                f"use the asynchronous call for such recordings. Its request_id is {job.request_id}.",
                request_id=job.request_id,
            )
        try:
            notice = services.notices.wait(job.id, min(remaining, LEDGER_ASKED_EVERY_SECONDS))
        except RedisError:
            notice = None
            time.sleep(min(remaining, PAUSE_WITHOUT_STORE_SECONDS))
        try:
            with services.store.reading() as session:
                current = jobs.get(session, job.id)
        except OperationalError:
            time.sleep(min(remaining, PAUSE_WITHOUT_STORE_SECONDS))
        if current is None and notice is not None and notice.error:
            raise error_from_code(notice.error["code"], notice.error["message"], notice.error.get("field"))
    return current


class WaitingRoom:
    """Seats for requests that wait: each holds a thread of the gateway, and others need some, too.

    No tenant has all of them: a stream of events may be listened to for an hour.
    """

    def __init__(self, seats: int, seconds_for_a_seat: Callable[[], float] | None = None) -> None:
        self._seats = seats
        self._most_each = max(1, seats * 3 // 4)
        self._seconds_for_a_seat = seconds_for_a_seat or (lambda: Overloaded.USUAL_RETRY_SECONDS)
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def seat(self, tenant_id: str) -> Iterator[None]:
        """A seat for the length of the block. Raises Overloaded at once if there is none for the tenant."""
        with self._lock:
            free = self._taken.total() < self._seats and self._taken[tenant_id] < self._most_each
            if free:
                self._taken[tenant_id] += 1
        if not free:
            raise Overloaded(
                "As many requests wait as the service allows; come again, or use the asynchronous call.",
                retry_after_seconds=self._seconds_for_a_seat(),
            )
        try:
            yield
        finally:
            with self._lock:
                self._taken[tenant_id] -= 1
                # Forgets tenants who have none.
                self._taken += Counter()
