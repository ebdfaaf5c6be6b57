"""Jobs that a command waits for; if it is stopped, they are canceled."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from client.cli.output import Output
from client.errors import RollcallError
from client.resources import Job, Progress
from client.service import RollcallClient


class Followed:
    """The jobs under way."""

    def __init__(self, client: RollcallClient, output: Output) -> None:
        self._client = client
        self._output = output
        self._jobs: set[str] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def wait(
        self, job: Job, on_progress: Callable[[Progress], None], wait_seconds: float | None = None
    ) -> Job:
        """The job once it has succeeded. Raises as the client's wait does."""
        with self._lock:
            self._jobs.add(job.id)
            stopped = self._stopped
        if stopped:
            self._cancel(job.id)
        try:
            return self._client.jobs.wait(job.id, on_progress=on_progress, wait_seconds=wait_seconds)
        finally:
            with self._lock:
                self._jobs.discard(job.id)

    @contextmanager
    def canceled_with_this(self) -> Iterator[None]:
        """For the length of the block, a Ctrl-C ends the jobs as well: nobody waits for them any more."""
        try:
            yield
        except (KeyboardInterrupt, BrokenPipeError):
            with self._lock:
                self._stopped, left = True, list(self._jobs)
            for job_id in left:
                self._cancel(job_id)
            if left:
                self._output.note(f"Canceled: {', '.join(left)}")
            raise

    def _cancel(self, job_id: str) -> None:
        with suppress(RollcallError):
            self._client.jobs.cancel(job_id)
