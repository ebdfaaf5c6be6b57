"""Jobs that a command waits for; if it is stopped, they are canceled."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from client.cli.complaints import Complaint
from client.cli.exit_codes import ExitCode
from client.cli.output import Output
from client.errors import RollcallError
from client.resources import Job, Progress
from client.service import RollcallClient

# For jobs that are being submitted when the command is stopped, and for the word of those that were canceled.
PATIENCE_SECONDS = 3.0


class Followed:
    """The jobs under way, each in a thread of its own."""

    def __init__(self, client: RollcallClient, output: Output) -> None:
        self._client = client
        self._output = output
        self._jobs: set[str] = set()
        self._changed = threading.Condition()
        self._under_way = 0
        self._stopped = False

    def succeeded(
        self,
        submit: Callable[[], Job],
        on_progress: Callable[[Progress], None],
        wait_seconds: float | None = None,
    ) -> Job:
        """Submit a job; it once it has succeeded. Raises as the client's calls do."""
        with self._changed:
            if self._stopped:
                raise Complaint("Stopped.", ExitCode.INTERRUPTED)
            self._under_way += 1
        try:
            job = submit()
            self._note(job.id)
            try:
                return self._client.jobs.wait(job.id, on_progress=on_progress, wait_seconds=wait_seconds)
            finally:
                self._forget(job.id)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def canceled_with_this(self) -> Iterator[None]:
        """What ends the block early, as a Ctrl-C, ends the jobs as well: nobody waits for them any more."""
        try:
            yield
        except BaseException:
            with self._changed:
                self._stopped, left = True, list(self._jobs)
            for job_id in left:
                self._cancel(job_id)
            with self._changed:
                self._changed.wait_for(lambda: not self._under_way, PATIENCE_SECONDS)
            raise

    def _note(self, job_id: str) -> None:
        with self._changed:
            self._jobs.add(job_id)
            stopped = self._stopped
        if stopped:
            self._cancel(job_id)

    def _forget(self, job_id: str) -> None:
        """It has ended, or goes on without being waited for: a Ctrl-C is not about it any more."""
        with self._changed:
            self._jobs.discard(job_id)

    def _cancel(self, job_id: str) -> None:
        # One that has ended cannot be canceled, and need not.
        with suppress(RollcallError):
            self._client.jobs.cancel(job_id)
            self._output.note(f"Canceled: {job_id}")
