"""Every metric: its name, what it says, and its labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

# From what a cached answer takes to the longest wait of a synchronous request.
REQUEST_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
# From a short recording on a GPU to four hours on a slow machine.
WORK_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)
ATTEMPT_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)
RATIO_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


@dataclass(frozen=True)
class Definition:
    """A metric. The name has its unit, as Prometheus wants it."""

    name: str
    text: str
    labels: tuple[str, ...] = ()

    def series(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Names that a query may use, each with the labels that it has."""
        yield self.name, frozenset(self.labels)


class Counter(Definition):
    """Only grows, and begins at zero with its process."""


@dataclass(frozen=True)
class Histogram(Definition):
    """Counts by size; ``buckets`` are upper bounds, in the unit of the name."""

    buckets: tuple[float, ...] = WORK_BUCKETS

    def series(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Its buckets, the number of what was observed, and the sum of it."""
        yield f"{self.name}_bucket", frozenset({*self.labels, "le"})
        yield f"{self.name}_count", frozenset(self.labels)
        yield f"{self.name}_sum", frozenset(self.labels)


@dataclass(frozen=True)
class Gauge(Definition):
    """What a process says of itself; ``together`` is what makes one number of a worker's processes."""

    together: Literal["livesum", "livemax"] = "livesum"


class State(Definition):
    """What ledger and Redis say at the moment of the question, alike at every gateway."""


HTTP_REQUESTS = Counter(
    "rollcall_http_requests_total",
    "Requests that the gateway answered; one that met no address has the route `none`.",
    ("route", "method", "status"),
)
HTTP_REQUEST_SECONDS = Histogram(
    "rollcall_http_request_duration_seconds",
    "From a request's headers to its answer; of a stream of events, to its beginning.",
    ("route", "method"),
    REQUEST_BUCKETS,
)
REJECTIONS = Counter(
    "rollcall_rejections_total",
    "Requests that were answered with an error, by its code (errors.md).",
    ("code",),
)
JOBS_ACCEPTED = Counter(
    "rollcall_jobs_accepted_total", "Jobs that the gateway has written to the ledger.", ("kind", "queue")
)

JOBS_FINISHED = Counter(
    "rollcall_jobs_finished_total", "Jobs that ended: `succeeded`, `failed` or `canceled`.", ("kind", "state")
)
JOB_FAILURES = Counter(
    "rollcall_job_failures_total", "Jobs that failed, by the code of their error (errors.md).", ("code",)
)
JOB_WAIT_SECONDS = Histogram(
    "rollcall_job_wait_seconds", "From a job's acceptance to the start of work on it.", ("queue",)
)
JOB_SECONDS = Histogram(
    "rollcall_job_duration_seconds", "Work on a job that succeeded, from claim to stored result.", ("kind",)
)
STAGE_SECONDS = Histogram(
    "rollcall_job_stage_duration_seconds",
    "A stage of a job, if it came to its end: `fetching`, `decoding`, `listening`, `clustering`, `matching`, "
    "`storing`; of enrolments `measuring` and `comparing` in place of the middle three.",
    ("stage",),
)
AUDIO_SECONDS = Counter("rollcall_audio_seconds_total", "Seconds of audio in jobs that succeeded.", ("kind",))
REAL_TIME_FACTOR = Histogram(
    "rollcall_job_real_time_factor_ratio",
    "Seconds of work for each second of a recording.",
    ("kind",),
    RATIO_BUCKETS,
)
JOBS_RECOVERED = Counter(
    "rollcall_jobs_recovered_total",
    "Jobs taken from workers that fell silent: `queued` again, or `failed` after the last attempt.",
    ("state",),
)
MODEL_BYTES = Gauge(
    "rollcall_model_memory_bytes",
    "By how much loading models made a worker's processes grow: `cpu`, and `cuda` where there is a GPU.",
    ("device",),
)
WORKER_BYTES = Gauge(
    "rollcall_worker_resident_memory_bytes",
    "Resident memory of the processes that work on jobs, after the latest job of each.",
)

DELIVERY_ATTEMPTS = Counter(
    "rollcall_delivery_attempts_total",
    "Attempts to deliver a webhook: `delivered`, `refused` (3xx, 4xx), `failed` (5xx), `unreachable`.",
    ("outcome",),
)
DELIVERY_ATTEMPT_SECONDS = Histogram(
    "rollcall_delivery_attempt_duration_seconds", "One attempt.", (), ATTEMPT_BUCKETS
)
DELIVERIES_FINISHED = Counter(
    "rollcall_deliveries_finished_total",
    "Deliveries that ended: `delivered`, or `exhausted` after the last attempt.",
    ("state",),
)
SWEPT_AT = Gauge(
    "rollcall_sweep_completed_timestamp_seconds",
    "When the sweep, which finds what was lost, last came to its end (Unix time).",
    (),
    "livemax",
)

QUEUE_WAITING = State(
    "rollcall_queue_waiting",
    "What waits in a queue, by the ledger: jobs not started, or (queue `deliver`) deliveries that are due.",
    ("queue",),
)
QUEUE_OLDEST_SECONDS = State(
    "rollcall_queue_oldest_age_seconds",
    "For how long the first of these has been waiting; 0 if none is.",
    ("queue",),
)
QUEUE_MESSAGES = State(
    "rollcall_queue_messages",
    "Messages in Redis. Many fewer than wait means that some were lost, which the sweep sends again.",
    ("queue",),
)
JOBS = State("rollcall_jobs", "Jobs that have not ended: `queued` or `running`.", ("queue", "state"))
DELIVERIES = State(
    "rollcall_deliveries",
    "Deliveries that did not arrive: `pending`, due now or later, or `exhausted`, given up.",
    ("state",),
)
WORKERS = State(
    "rollcall_workers", "Processes with loaded models that were seen lately: `idle` or `busy`.", ("state",)
)
STORE_UP = State(
    "rollcall_store_up",
    "Whether `database` and `redis` answered this question; without one, what it would say is missing.",
    ("store",),
)

ALL: Final[tuple[Definition, ...]] = tuple(one for one in vars().values() if isinstance(one, Definition))
