"""What ledger and Redis say of the service as a whole, read anew for each question of Prometheus."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import product

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from shared.domain import JobState
from shared.metrics import State, definitions
from shared.presence import workers_present
from shared.queue import DELIVER, JOB_QUEUES, MAINTENANCE
from shared.services import Services
from shared.store import counts
from shared.store.schema import now


class ServiceState(Collector):
    """Queues, deliveries and workers. A store that does not answer costs its own numbers only."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """Whatever can be known at this moment."""
        up = {}
        for store, read, failure in (
            ("database", self._read_ledger, SQLAlchemyError),
            ("redis", self._read_redis, RedisError),
        ):
            found: list[Metric] = []
            with suppress(failure):
                found = read()
            up[store] = 1 if found else 0
            yield from found
        yield _family(definitions.STORE_UP, up)

    def _read_ledger(self) -> list[Metric]:
        moment = now()
        with self._services.store.reading() as session:
            unfinished = counts.unfinished_jobs(session)
            due, due_since = counts.due_deliveries(session, moment)
            undelivered = counts.undelivered(session)
        numbers = {(one.queue, one.state): one.number for one in unfinished}
        queued_since = {one.queue: one.since for one in unfinished if one.state == JobState.QUEUED}
        waiting = {queue: numbers.get((queue, JobState.QUEUED), 0) for queue in JOB_QUEUES} | {DELIVER: due}
        since = {queue: queued_since.get(queue) for queue in JOB_QUEUES} | {DELIVER: due_since}
        ages = {queue: _age_seconds(first, moment) for queue, first in since.items()}
        jobs = {key: numbers.get(key, 0) for key in product(JOB_QUEUES, (JobState.QUEUED, JobState.RUNNING))}
        return [
            _family(definitions.QUEUE_WAITING, waiting),
            _family(definitions.QUEUE_OLDEST_SECONDS, ages),
            _family(definitions.JOBS, jobs),
            _family(definitions.DELIVERIES, undelivered),
        ]

    def _read_redis(self) -> list[Metric]:
        queue = self._services.queue
        messages = {name: queue.waiting(name) for name in (*JOB_QUEUES, DELIVER, MAINTENANCE)}
        present = workers_present(self._services.redis)
        idle = sum(1 for one in present if one.idle_seconds > 0)
        workers = {"idle": idle, "busy": len(present) - idle}
        return [_family(definitions.QUEUE_MESSAGES, messages), _family(definitions.WORKERS, workers)]


def _age_seconds(since: datetime | None, moment: datetime) -> float:
    return max(0.0, (moment - since).total_seconds()) if since else 0.0


def _family(
    definition: State, numbers: Mapping[str, float] | Mapping[tuple[str, JobState], float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(definition.name, definition.text, labels=definition.labels)
    for labels, number in numbers.items():
        family.add_metric([labels] if isinstance(labels, str) else list(labels), number)
    return family
