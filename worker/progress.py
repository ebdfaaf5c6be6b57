"""What a job tells of itself while it is worked on, and the moment at which it stops if it was taken away."""

import math
import threading
import time
from contextlib import suppress

from redis.exceptions import RedisError

from shared.notices import Notices
from shared.store.ledger import ClaimLost
from worker.stages import Stages

LEAST_SECONDS_BETWEEN = 0.5
BRIEF_SECONDS = 0.1
"""A stage that follows another word so soon is not told at once: it may be over before anybody reads it."""


class Progress:
    """Handed through the story of a job; each report is a place where a canceled job ends."""

    def __init__(self, notices: Notices, job_id: str, stages: Stages) -> None:
        self.claim_lost = threading.Event()
        self.stages = stages
        self._notices = notices
        self._job_id = job_id
        self._stage = ""
        self._said_at = -math.inf
        self._untold: tuple[str, float] | None = None
        self._saying = threading.Lock()

    def report(self, stage: str, share: float = 0.0, *, timed_as: str = "") -> None:
        """Tell that ``share`` of a stage is done, from 0 to 1. Raises ClaimLost.

        Its time is counted under its own name, or ``timed_as`` another one that callers are not told.
        """
        if self.claim_lost.is_set():
            raise ClaimLost(self._job_id)
        self.stages.begin(timed_as or stage)
        with self._saying:
            since_seconds = time.monotonic() - self._said_at
            if since_seconds < (LEAST_SECONDS_BETWEEN if stage == self._stage else BRIEF_SECONDS):
                self._untold = (stage, share)
            else:
                self._say(stage, share)

    def catch_up(self) -> None:
        """Tell what was reported too soon after another word, if nothing has been since; from any thread."""
        with self._saying:
            if untold := self._untold:
                self._say(*untold)

    def _say(self, stage: str, share: float) -> None:
        self._untold = None
        self._stage, self._said_at = stage, time.monotonic()
        # Progress is a courtesy; the job goes on without it.
        with suppress(RedisError):
            self._notices.progress(self._job_id, stage, min(share, 1.0))
