"""The Celery tasks: each takes an id and calls the story behind it."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from celery import Celery, Task, signals
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from shared.domain import JobKind
from shared.errors import StorageUnavailable
from shared.logging import log
from shared.presence import Presence
from shared.queue import (
    COLLECT_TASK,
    DELIVER_TASK,
    JOB_TASKS,
    REMATCH_TASK,
    RETAIN_TASK,
    REVIEW_TASK,
    SWEEP_TASK,
)
from shared.services import Services
from shared.settings import Settings
from shared.store.ledger import Claim
from shared.versions import MESSAGE_HEADER, is_understood
from worker.acknowledging import SureRequest
from worker.audio.jail import DOORS
from worker.claimed import work_on_next
from worker.collection import collect
from worker.delivery import deliver
from worker.engine import Engine, load_engine
from worker.enrollment import enroll
from worker.identification import identify
from worker.memory import models_weighed
from worker.metrics_port import register_metrics_port
from worker.pace import Pace
from worker.progress import Progress
from worker.rematching import rematch
from worker.retention import retain
from worker.review import review
from worker.sweep import sweep

# Faults of stores, which are tried again in the next round.
PASSING = (RedisError, OperationalError, InterfaceError, NoConnectionFree, StorageUnavailable)

Shown = dict[str, Any] | None
"""What Flower shows of a task's end."""
LoadEngine = Callable[[Settings], Engine]


class ModelHolder:
    """The engine of this process: loaded when a pool's child starts, kept for its life."""

    def __init__(self, services: Services, load: LoadEngine) -> None:
        self._services = services
        self._load = load
        self._engine: Engine | None = None
        self.presence = Presence(services.redis, services.settings.worker_queues)

    def engine(self) -> Engine:
        """The engine, loaded if it was not."""
        if self._engine is None:
            self._engine = self._load(self._services.settings)
        return self._engine

    def start(self, worker_name: str) -> None:
        """Load, then say that this worker is ready."""
        with models_weighed(self._services.metrics):
            engine = self.engine()
        DOORS.prepare()
        self.presence.announce(worker_name, engine.model_id)


def register_tasks(celery: Celery, services: Services, load: LoadEngine = load_engine) -> None:
    """Define the tasks on the application; ``load`` makes a process's engine."""
    models = ModelHolder(services, load)
    register_metrics_port(services)

    @signals.worker_process_init.connect(weak=False)
    def start_child(**_: object) -> None:
        from billiard.process import current_process

        models.start(f"{current_process().name}@{services.settings.worker_host}")

    @signals.worker_process_shutdown.connect(weak=False)
    def end_child(**_: object) -> None:
        # The pool ends a child's process without what Python does at the end of one.
        services.tracer.flush()

    @signals.worker_shutting_down.connect(weak=False)
    def stop_children(**_: object) -> None:
        # Celery would wait for the running job, perhaps for hours; a child that is told gives it back.
        clock = threading.Timer(services.settings.drain_seconds, _tell_children_to_stop)
        clock.daemon = True
        clock.start()

    def identify_claimed(claim: Claim, progress: Progress) -> None:
        identify(services, models.engine(), claim, progress)

    def enroll_claimed(claim: Claim, progress: Progress) -> None:
        enroll(services, models.engine(), claim, progress)

    # To diarize is to identify among nobody; the names differ for those who watch the queue.
    performs = {
        JobKind.IDENTIFY: identify_claimed,
        JobKind.DIARIZE: identify_claimed,
        JobKind.ENROLL: enroll_claimed,
    }
    pace = Pace(services.redis)

    # A message says that one job more waits in its queue, not which is done for it (docs/adr/0010).
    def take_turn(queue: str, _job_id: str) -> Shown:
        with models.presence.busy():
            pace.begin()
            done = work_on_next(services, queue, performs)
        if done:
            pace.end(queue)
        return done

    def review_speaker(_queue: str, speaker_key: str) -> None:
        with models.presence.busy():
            review(services, models.engine(), speaker_key)

    def rematch_strangers(_queue: str, change_id: str) -> None:
        with models.presence.busy():
            rematch(services, models.engine(), change_id)

    for name in JOB_TASKS.values():
        _take(celery, name, take_turn)
    _take(celery, REVIEW_TASK, review_speaker)
    _take(celery, REMATCH_TASK, rematch_strangers)
    _take(celery, DELIVER_TASK, lambda _queue, delivery_id: deliver(services, delivery_id))

    @celery.task(name=SWEEP_TASK)
    def sweep_task() -> None:
        _until_the_next_round("sweep", lambda: sweep(services))

    @celery.task(name=COLLECT_TASK)
    def collect_task() -> None:
        _until_the_next_round("collection", lambda: collect(services))

    @celery.task(name=RETAIN_TASK)
    def retain_task() -> None:
        _until_the_next_round("retention", lambda: retain(services))


def _tell_children_to_stop() -> None:
    from billiard import active_children

    for child in active_children():
        os.kill(child.pid, signal.SIGTERM)


def _take(celery: Celery, name: str, work: Callable[[str, str], Shown]) -> None:
    """Define the task that does ``work`` with the queue and the id of its message.

    What a newer version says in its messages is left to its own workers: the ledger has the job, and the
    sweep sends another message. Arguments that it added are for them as well.
    """

    @celery.task(name=name, bind=True, Request=SureRequest)
    def take(task: Task, subject_id: str, *_: object, **__: object) -> Shown:
        version = task.request.get(MESSAGE_HEADER)
        if not is_understood(version):
            log.warning("message_is_newer", task=name, id=subject_id, version=version)
            return None
        return work(task.request.delivery_info["routing_key"], subject_id)


def _until_the_next_round(name: str, round_of: Callable[[], None]) -> None:
    """What cannot be done now for a fault of a store is done in the next round."""
    try:
        round_of()
    except PASSING as error:
        log.warning(f"{name}_interrupted", error=type(error).__name__)
