"""What a job tells of itself while it is worked on, and the moment at which it stops if it was taken away."""

import threading
import time
from contextlib import suppress

from redis.exceptions import RedisError

from shared.notices import Notices
from shared.store.ledger import ClaimLost
from worker.stages import Stages

LEAST_SECONDS_BETWEEN = 0.5


class Progress:
    """Handed through the story of a job; each report is a place where a canceled job ends."""

    def __init__(self, notices: Notices, job_id: str, stages: Stages) -> None:
        self.claim_lost = threading.Event()
        self.stages = stages
        self._notices = notices
        self._job_id = job_id
        self._stage = ""
        self._said_at = 0.0

    def report(self, stage: str, share: float = 0.0, *, timed_as: str = "") -> None:
        """Tell that ``share`` of a stage is done, from 0 to 1. Raises ClaimLost.

        Its time is counted under its own name, or ``timed_as`` another one that callers are not told.
        """
        if self.claim_lost.is_set():
            raise ClaimLost(self._job_id)
        self.stages.begin(timed_as or stage)
        moment = time.monotonic()
        if stage == self._stage and moment - self._said_at < LEAST_SECONDS_BETWEEN:
            return
        self._stage, self._said_at = stage, moment
        # Progress is a courtesy; the job goes on without it.
        with suppress(RedisError):
            self._notices.progress(self._job_id, stage, min(share, 1.0))
