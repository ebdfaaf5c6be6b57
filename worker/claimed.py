"""Working on a job under a claim: take it, stay in touch while working, and never leave it without an end."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import SQLAlchemyError

from shared.domain import JobKind
from shared.errors import InternalError, RollcallError, TimeLimitExceeded
from shared.logging import log
from shared.services import Services
from shared.store import ledger
from shared.store.ledger import Claim, ClaimLost
from worker.counting import count_start
from worker.finishing import store_failure
from worker.following import following
from worker.interruption import Interruption
from worker.memory import note_memory
from worker.progress import BRIEF_SECONDS, Progress
from worker.stages import Stages
from worker.watched import WatchedTask, shown_end
from worker.wording import in_callers_words

BEATS_PER_STALE_PERIOD = 4
CANCEL_NOTICED_SECONDS = 2.0
TOLD_SECONDS = 2.0

Perform = Callable[[Claim, Progress], None]


def work_on_next(
    services: Services, queue: str, performs: Mapping[JobKind, Perform]
) -> dict[str, Any] | None:
    """Claim the job of a queue whose turn it is and perform it by its kind; what became of it.

    None if no job waits. Raises SystemExit if the worker was told to stop meanwhile; the job has been given
    back then.
    """
    with Interruption.by_sigterm() as interruption:
        with services.store.writing() as session:
            claim = ledger.claim_next(session, queue)
        if claim is None:
            log.info("no_job_waits", queue=queue)
            return None
        with following(services.tracer, claim.job):
            _work_under(claim, services, interruption, performs[JobKind(claim.job.kind)])
    return shown_end(services, claim.job.id)


def _work_under(claim: Claim, services: Services, interruption: Interruption, perform: Perform) -> None:
    log.info("job_started", kind=claim.job.kind, attempt=claim.job.attempts)
    count_start(services.metrics, claim.job)
    watched = WatchedTask(claim.job)
    progress = Progress(services.notices, claim.job.id, Stages(services.metrics, services.tracer))

    def perform_interruptibly() -> None:
        with interruption.allowed(), progress.stages:
            perform(claim, progress)

    with _heartbeat(services, claim, progress), _courtesies(progress, watched):
        _perform(services, claim, perform_interruptibly)
    watched.tell()
    note_memory(services.metrics)


def _perform(services: Services, claim: Claim, perform: Callable[[], None]) -> None:
    try:
        perform()
        log.info("job_succeeded")
    except SystemExit:
        _give_back(services, claim)
        raise
    except ClaimLost:
        log.warning("job_claim_lost")
    except SoftTimeLimitExceeded:
        _fail_for_time(services, claim)
    except RollcallError as error:
        log.info("job_failed", code=error.code)
        store_failure(services, claim, in_callers_words(error, claim.job))
    except SQLAlchemyError:
        # The ledger cannot be written: the claim goes stale and the sweep hands the job out again.
        raise
    except Exception as error:  # noqa: BLE001 - any fault of ours must end the job, with its trace in the log
        log.error("job_crashed", exc_info=error)
        store_failure(
            services,
            claim,
            InternalError("The job failed by an unexpected error; it is in the service's log."),
        )


def _fail_for_time(services: Services, claim: Claim) -> None:
    limit_seconds = services.settings.job_time_limit_seconds
    log.warning("job_time_limit_exceeded", seconds=limit_seconds)
    store_failure(
        services,
        claim,
        TimeLimitExceeded(
            f"The job took longer than {limit_seconds:.0f} s; send the recording in parts, or have the "
            "operator raise ROLLCALL_JOB_TIME_LIMIT_SECONDS."
        ),
    )


def _give_back(services: Services, claim: Claim) -> None:
    """The worker is told to stop: somebody else, or this worker after its restart, does the job."""
    with services.store.writing() as session:
        given = ledger.give_back(session, claim)
    if given:
        log.info("job_given_back")
        services.queue.send_job(claim.job.id, claim.job.kind, claim.job.queue)


@contextmanager
def _heartbeat(services: Services, claim: Claim, progress: Progress) -> Iterator[None]:
    done = threading.Event()
    stale_seconds = services.settings.job_stale_seconds
    period_seconds = min(stale_seconds / BEATS_PER_STALE_PERIOD, CANCEL_NOTICED_SECONDS)

    def beat() -> None:
        while not done.wait(period_seconds):
            if not _is_kept(services, claim):
                progress.claim_lost.set()
                return

    thread = _started("heartbeat", beat)
    try:
        yield
    finally:
        done.set()
        thread.join()


def _is_kept(services: Services, claim: Claim) -> bool:
    """Beat once; False if the claim is lost.

    A ledger that is away does not say so, and may be back in time.
    """
    try:
        with services.store.writing() as session:
            return ledger.beat(session, claim)
    except SQLAlchemyError as error:
        log.warning("heartbeat_missed", error=type(error).__name__)
        return True


@contextmanager
def _courtesies(progress: Progress, watched: WatchedTask) -> Iterator[None]:
    """Tell of a job while it goes on; beside its heartbeat, which a silent Redis must not keep waiting."""
    done = threading.Event()

    def tell() -> None:
        # Most stages that are over in a moment are a job's first.
        if not done.wait(2 * BRIEF_SECONDS):
            progress.catch_up()
        while not done.wait(TOLD_SECONDS):
            progress.catch_up()
            watched.tell()

    _started("courtesies", tell)
    try:
        yield
    finally:
        done.set()


def _started(name: str, work: Callable[[], None]) -> threading.Thread:
    # What is bound to the lines of the log is bound to those of the thread as well.
    thread = threading.Thread(target=copy_context().run, args=(work,), name=name, daemon=True)
    thread.start()
    return thread
