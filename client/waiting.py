"""Waiting for a job: by its events, and by asking where they do not come through."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

import requests

from client.connection import Call, Connection
from client.errors import Busy, JobCanceled, JobFailed, UnexpectedAnswer, Unreachable, WaitTimedOut
from client.failures import unreachable
from client.resources import Job, Progress
from client.resources.jobs import result_from_json

# The service says every 15 s that it is still there.
SILENCE_SECONDS = 45.0
BROKEN_STREAMS = 3
ASKED_EVERY_SECONDS = 1.0
ASKED_EVERY_SECONDS_AT_MOST = 10.0


@dataclass(frozen=True)
class Event:
    """What an event tells, and where to resume after it."""

    id: str
    told: Progress | Job


def job_events(
    connection: Connection,
    job_id: str,
    *,
    after: str = "",
    on_life: Callable[[], object] = lambda: None,
    silence_seconds: float = SILENCE_SECONDS,
) -> Iterator[Event]:
    """A job's events from after one of them; ``on_life`` is called whenever something comes, if only a sign.

    Raises the errors of a call, and Unreachable where the stream breaks off or nothing comes for too long.
    """
    headers = {"Accept-Encoding": "identity"} | ({"Last-Event-ID": after} if after else {})
    path = f"/v1/jobs/{quote(job_id, safe='')}/events"
    call = Call("GET", path, headers=headers, stream=True, timeout_seconds=silence_seconds)
    with connection.send(call) as response:
        fields: dict[str, str] = {}
        for line in _lines(connection, response):
            on_life()
            name, _, value = line.partition(": ")
            if line and name:
                fields[name] = value
            elif not line and "data" in fields:
                yield _event(connection, fields)
                fields = {}


def _lines(connection: Connection, response: requests.Response) -> Iterator[str]:
    try:
        # As they come: chunks whole; where a proxy has joined them, byte by byte, since to ask for more waits
        # until so much has come.
        in_chunks = response.headers.get("Transfer-Encoding", "").lower() == "chunked"
        for line in response.iter_lines(chunk_size=None if in_chunks else 1):
            yield line.decode()
    except requests.RequestException as error:
        raise unreachable(connection.url, error) from None


def _event(connection: Connection, fields: dict[str, str]) -> Event:
    try:
        data = json.loads(fields["data"])
        told = Progress.from_json(data) if fields["event"] == "progress" else Job.from_json(data)
        return Event(fields["id"], told)
    except (KeyError, TypeError, ValueError):
        raise UnexpectedAnswer(
            f"{connection.url} sent an event that is none; is a proxy before it?"
        ) from None


class Deadline:
    """The end of a wait of so many seconds; None waits for ever."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._ends = float("inf") if seconds is None else time.monotonic() + seconds

    def left_seconds(self) -> float:
        """0 once it has passed."""
        return max(0.0, self._ends - time.monotonic())


def pauses_seconds() -> Iterator[float]:
    """How long to wait before asking again, each time longer."""
    pause_seconds = ASKED_EVERY_SECONDS
    while True:
        yield pause_seconds
        pause_seconds = min(1.5 * pause_seconds, ASKED_EVERY_SECONDS_AT_MOST)


class Wait:
    """One wait for a job's end."""

    def __init__(
        self,
        connection: Connection,
        job_id: str,
        seconds: float | None,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._connection = connection
        self._job_id = job_id
        self._deadline = Deadline(seconds)
        self._on_progress = on_progress

    def succeeded(self) -> Job:
        """The job with its result. Raises JobFailed, JobCanceled or WaitTimedOut."""
        job = self._by_events() or self._by_asking()
        if job.status == "failed":
            raise JobFailed(job)
        if job.status == "canceled":
            raise JobCanceled(job)
        return job

    def _by_events(self) -> Job | None:
        """The job's end; None where no events come through."""
        heard, broken = "", 0
        while broken < BROKEN_STREAMS:
            broken += 1
            try:
                for event in job_events(
                    self._connection,
                    self._job_id,
                    after=heard,
                    on_life=self._require_time,
                    silence_seconds=self._require_time(),
                ):
                    heard, broken = event.id, 0
                    if isinstance(event.told, Job):
                        return event.told
                    self._on_progress(event.told)
            except (Unreachable, UnexpectedAnswer):
                continue
            except Busy:
                return None  # as many listen as the service has seats for
        return None

    def _by_asking(self) -> Job:
        pauses = pauses_seconds()
        path = f"/v1/jobs/{quote(self._job_id, safe='')}"
        while True:
            job = self._connection.read(Call("GET", path), Job.from_json)
            if job.status == "succeeded":
                result = self._connection.read(Call("GET", f"{path}/result"), result_from_json)
                return replace(job, result=result)
            if job.is_final:
                return job
            if job.progress:
                self._on_progress(job.progress)
            self._connection.sleep(min(next(pauses), self._require_time()))

    def _require_time(self) -> float:
        """How long to wait for a sign of life. Raises WaitTimedOut."""
        left_seconds = self._deadline.left_seconds()
        if not left_seconds:
            raise WaitTimedOut(self._job_id, self._deadline.seconds or 0)
        return min(left_seconds, SILENCE_SECONDS)
