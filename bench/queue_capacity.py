"""How many jobs a second go through the ledger and through Redis, with few and with many waiting."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from kombu import Connection
from sqlalchemy import insert, text

from bench.report import Section
from deploy.local.embedded_redis import embedded_redis
from shared.crypto import KeyRing
from shared.domain import AudioSource, JobKind, JobState
from shared.queue import ASYNC, JobQueue
from shared.services import make_services
from shared.settings import Settings
from shared.store import Store, jobs, ledger
from shared.store.migrate import upgrade
from shared.store.schema import Job, new_id
from shared.store.tenants import add_tenant
from tests.postgres import started_postgres, url_of

KEYRING = KeyRing(b"m" * 32)
TENANTS = 100
WAITING = (200, 20_000)
TIMED = 300
AT_ONCE = 4
MESSAGES = 3000
TITLE = "The ledger and the queue: how many jobs go through"
COLUMNS = ("what", "where", "jobs waiting", "p50 ms", "p99 ms", f"per second, {AT_ONCE} at once")


def measure_queue_capacity() -> Section:
    """Jobs are submitted and claimed as gateways and workers do it, without HTTP and audio."""
    rows: list[tuple[str, ...]] = []
    for waiting in WAITING:
        with TemporaryDirectory() as folder:
            rows += _ledger_rows(f"sqlite:///{folder}/ledger.db", "SQLite", waiting)
    server = started_postgres()
    try:
        for waiting in WAITING:
            rows += _ledger_rows(url_of(server), "PostgreSQL", waiting)
    finally:
        server.cleanup()
    rows += _message_rows()
    return Section(
        TITLE,
        COLUMNS,
        rows,
        f"Each in a transaction of its own, committed to the disk; jobs of {TENANTS} tenants. p50 "
        f"and p99 of {TIMED} one after the other, then {AT_ONCE} threads of this process, servers on this "
        "machine. Messages: Celery's, one process that sends and then takes them.",
    )


def _ledger_rows(url: str, name: str, waiting: int) -> Iterator[tuple[str, ...]]:
    with _filled(url, waiting) as (store, tenant_ids):
        for what, work in _work(store, tenant_ids).items():
            yield what, name, str(waiting), *_timed(work)


def _work(store: Store, tenant_ids: list[str]) -> dict[str, Callable[[int], None]]:
    def submit(number: int) -> None:
        with store.writing() as session:
            jobs.submit(session, _job(tenant_ids[number % TENANTS]), KEYRING)

    def claim(_: int) -> None:
        with store.writing() as session:
            if ledger.claim_next(session, ASYNC) is None:
                raise RuntimeError("no job waits")

    return {"submit": submit, "claim": claim}


def _timed(work: Callable[[int], None]) -> tuple[str, str, str]:
    """p50 and p99 of one after the other, and how many a second at once."""
    alone = []
    for number in range(TIMED):
        started = time.perf_counter()
        work(number)
        alone.append(1000 * (time.perf_counter() - started))
    parts = quantiles(alone, n=100)
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, range(TIMED)))
    return f"{parts[49]:.1f}", f"{parts[98]:.1f}", f"{TIMED / (time.perf_counter() - started):.0f}"


@contextmanager
def _filled(url: str, waiting: int) -> Iterator[tuple[Store, list[str]]]:
    """A ledger in which so many jobs wait, and more than are claimed; it is empty again after the block."""
    store = Store(url)
    upgrade(store)
    with store.writing() as session:
        tenant_ids = [add_tenant(session, f"t{number}", KEYRING) for number in range(TENANTS)]
        session.execute(insert(Job), [_row(tenant_ids, place) for place in range(waiting + 2 * TIMED)])
    with store.writing() as session:
        session.execute(text("ANALYZE"))
    yield store, tenant_ids
    with store.writing() as session:
        for table in ("jobs", "tenants"):
            session.execute(text(f"DELETE FROM {table}"))
    store.close()


def _row(tenant_ids: list[str], place: int) -> dict[str, object]:
    job_id = new_id()
    return {
        "id": job_id,
        "tenant_id": tenant_ids[place % TENANTS],
        "request_id": job_id,
        "request_digest": "d" * 64,
        "kind": JobKind.DIARIZE,
        "queue": ASYNC,
        "state": JobState.QUEUED,
        "turn": 60.0 * (place // TENANTS),
        "parameters": {"speaker_ids": []},
    }


def _job(tenant_id: str) -> jobs.NewJob:
    job_id = new_id()
    return jobs.NewJob(
        id=job_id,
        tenant_id=tenant_id,
        request_id=job_id,
        request_digest="d" * 64,
        kind=JobKind.DIARIZE,
        queue=ASYNC,
        audio=AudioSource(blob_key=job_id),
        language="en-US",
        parameters={"speaker_ids": []},
        webhook_url=None,
    )


def _message_rows() -> Iterator[tuple[str, ...]]:
    with TemporaryDirectory() as folder, embedded_redis(Path(folder) / "redis") as url:
        services = make_services(Settings(_env_file=None, data_dir=Path(folder), redis_url=url))  # type: ignore[call-arg]
        for what, work in (
            ("send a message", lambda: _send(services.queue)),
            ("take a message", lambda: _take(services.celery.conf.broker_url)),
        ):
            started = time.perf_counter()
            work()
            each_ms = 1000 * (time.perf_counter() - started) / MESSAGES
            yield what, "Redis", str(MESSAGES), f"{each_ms:.2f}", "–", f"{1000 / each_ms:.0f}"
        services.store.close()


def _send(queue: JobQueue) -> None:
    for _ in range(MESSAGES):
        queue.send_job(new_id(), JobKind.DIARIZE, ASYNC)


def _take(broker_url: str) -> None:
    """As a worker does it: take, acknowledge."""
    with Connection(broker_url) as connection:
        queue = connection.SimpleQueue(ASYNC)
        for _ in range(MESSAGES):
            queue.get(timeout=10).ack()
        queue.close()
