"""The Celery queue: its configuration, its names, and the only messages there are: ids, with their version.

Producer and consumer share this module; the tasks themselves live in ``worker/tasks``.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from celery import Celery
from kombu import Queue
from redis import Redis
from redis.exceptions import RedisError

from shared import versions
from shared.domain import JobKind
from shared.logging import log
from shared.redis_options import keepalive_options, tls_options
from shared.settings import Settings
from shared.task_messages import TaskMessages

# One queue per promise. A worker takes from its queues in turn, so a synchronous job waits for the one
# that is being worked on, but not for a backlog of asynchronous ones.
SYNC, ASYNC, ENROLL, DELIVER, MAINTENANCE = "sync", "async", "enroll", "deliver", "maintenance"
JOB_QUEUES = (SYNC, ENROLL, ASYNC)
WAITED_FOR_QUEUES = (SYNC, ENROLL)

JOB_TASKS = {kind: f"rollcall.{kind}" for kind in JobKind}
VERSION = {versions.MESSAGE_HEADER: versions.SCHEMA_VERSION}
DELIVER_TASK = "rollcall.deliver"
REVIEW_TASK = "rollcall.review"
REMATCH_TASK = "rollcall.rematch"
SWEEP_TASK = "rollcall.sweep"
COLLECT_TASK = "rollcall.collect"
RETAIN_TASK = "rollcall.retain"

# Erased is gone from the database's files within a minute, and this is what sees to it.
RETENTION_SECONDS = 30

# After its time limit a job has so long to be failed; then its process is killed.
LAST_WORDS_SECONDS = 60
MODEL_LOAD_LIMIT_SECONDS = 180


def make_celery(settings: Settings) -> Celery:
    """The Celery application, for producers and workers alike."""
    # Celery has a name of its own for what redis-py calls unix://.
    broker = settings.broker_url.replace("unix://", "redis+socket://", 1)
    hard_limit_seconds = settings.job_time_limit_seconds + LAST_WORDS_SECONDS
    app = Celery("rollcall", broker=broker, set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_queues=[Queue(name) for name in (*JOB_QUEUES, DELIVER, MAINTENANCE)],
        task_create_missing_queues=False,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_soft_time_limit=settings.job_time_limit_seconds,
        task_time_limit=hard_limit_seconds,
        task_track_started=False,
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        worker_proc_alive_timeout=MODEL_LOAD_LIMIT_SECONDS,
        worker_send_task_events=True,
        worker_hijack_root_logger=False,
        broker_use_ssl=tls_options(settings) or None,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A message unacknowledged for so long is delivered again, so it must outlast the longest job twice.
        broker_transport_options={
            "visibility_timeout": 2 * hard_limit_seconds + 600,
            "socket_connect_timeout": 5,
            **keepalive_options(),
        },
        beat_schedule={
            "sweep": _every(settings.sweep_interval_seconds, SWEEP_TASK),
            "collect": _every(settings.orphan_seconds / 2, COLLECT_TASK),
            "retain": _every(RETENTION_SECONDS, RETAIN_TASK),
        },
    )
    return app


def _every(seconds: float, task: str) -> dict[str, Any]:
    """A beat entry; a message that is not taken before the next one comes is dropped."""
    return {"task": task, "schedule": seconds, "options": {"queue": MAINTENANCE, "expires": seconds}}


class JobQueue:
    """Puts ids on the queue. A message that cannot be sent is no error: the sweep sends it again."""

    def __init__(self, celery: Celery, redis: Redis) -> None:
        self._messages = TaskMessages(celery)
        self._redis = redis

    def send_job(self, job_id: str, kind: str, queue: str) -> None:
        """Ask a worker to work on a job."""
        self._send([(JOB_TASKS[JobKind(kind)], job_id, queue)])

    def send_jobs(self, jobs: Iterable[tuple[str, str, str]]) -> None:
        """Ask workers to work on jobs, given as (id, kind, queue)."""
        self._send([(JOB_TASKS[JobKind(kind)], job_id, queue) for job_id, kind, queue in jobs])

    def send_delivery(self, delivery_id: str) -> None:
        """Ask for an attempt to deliver a webhook."""
        self._send([(DELIVER_TASK, delivery_id, DELIVER)])

    def send_review(self, speaker_key: str) -> None:
        """Ask a worker with models to compare a speaker, whose samples changed, with the others."""
        self._send([(REVIEW_TASK, speaker_key, ENROLL)])

    def send_rematch(self, change_id: str) -> None:
        """Ask a worker with models to compare earlier strangers with a speaker."""
        self._send([(REMATCH_TASK, change_id, ENROLL)])

    def waiting(self, queue: str) -> int:
        """How many messages wait in a queue. Raises redis's errors."""
        return int(self._redis.llen(queue))  # type: ignore[arg-type]

    def waiting_jobs(self, queue: str) -> int:
        """How many messages of a queue are about jobs. Raises redis's errors."""
        if queue != ENROLL:
            return self.waiting(queue)
        # Reviews and rematches share this one; it is short, since people wait for enrolments.
        messages: Any = self._redis.lrange(queue, 0, -1)
        others = {REVIEW_TASK, REMATCH_TASK}
        return sum(json.loads(message)["headers"]["task"] not in others for message in messages)

    def next_in_line(self, queue: str) -> str | None:
        """The id that the next message of a queue carries; None if none waits. Raises redis's errors."""
        message: Any = self._redis.lindex(queue, -1)
        return None if message is None else str(json.loads(message)["headers"]["id"])

    def _send(self, asked: Sequence[tuple[str, str, str]]) -> None:
        """Send messages, each a task, an id and a queue."""
        by_queue: dict[str, list[str]] = {}
        for task, subject_id, queue in asked:
            by_queue.setdefault(queue, []).append(self._messages.message(task, subject_id, queue, VERSION))
        try:
            for queue, messages in by_queue.items():
                # Celery puts messages in at the left and takes them out at the right.
                self._redis.lpush(queue, *messages)
        except RedisError as error:
            ids = [subject_id for _, subject_id, _ in asked]
            log.warning("queue_unreachable", ids=ids, error=type(error).__name__)
