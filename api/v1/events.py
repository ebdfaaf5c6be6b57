"""A job's server-sent events."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

from redis.exceptions import RedisError

from shared.domain import JobState
from shared.notices import BEGINNING, Notice
from shared.services import Services
from shared.store import jobs
from shared.store.row_seals import webhook_of
from shared.store.schema import Job
from shared.wire import v1

# A comment after so long keeps proxies from closing the connection, and tells us that the reader is gone.
KEEP_ALIVE_SECONDS = 15.0
LONGEST_SECONDS = 3600.0
# The id of the last event: who resumes after it has heard everything.
END = "end"
STREAM_ID = re.compile(r"\d{1,20}-\d{1,10}")


def event_stream(services: Services, job: Job, last_event_id: str) -> Iterator[str]:
    """Events from after ``last_event_id`` to the job's end. Each one's id is where to resume."""
    if last_event_id == END:
        return
    position = last_event_id if STREAM_ID.fullmatch(last_event_id) else BEGINNING
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        # Asked before listening: all that was said of an ended job is there already, perhaps forgotten again.
        with services.store.reading() as session:
            current = jobs.get(session, job.id)
            ended = current is None or JobState(current.state).is_final
            webhook = webhook_of(session, current, services.keyring) if current and ended else None
        for notice in _heard(services, job.id, position, 0 if ended else KEEP_ALIVE_SECONDS):
            position = notice.id
            if not notice.done:
                yield _event("progress", {"stage": notice.stage, "share": notice.share}, notice.id)
        if current is not None and ended:
            yield _event(current.state, v1.job_event(current, webhook)["data"], END)
        if ended:
            return
        yield ": still working\n\n"


def _heard(services: Services, job_id: str, position: str, seconds: float) -> list[Notice]:
    try:
        return list(services.notices.listen(job_id, position, seconds))
    except RedisError:
        time.sleep(1)
        return []


def _event(name: str, data: dict[str, Any], event_id: str) -> str:
    return f"event: {name}\nid: {event_id}\ndata: {json.dumps(data)}\n\n"
