"""The composition root that the gateway and the workers share: everything built from the settings once."""

from dataclasses import dataclass
from typing import Any

from celery import Celery
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from shared.blobs import BlobStore
from shared.crypto import KeyRing, load_earlier_keys, load_master_key
from shared.egress import EgressGuard
from shared.metrics import Metrics
from shared.notices import Notices
from shared.queue import JobQueue, make_celery
from shared.redis_options import keepalive_options, tls_options
from shared.settings import Settings
from shared.store import Store
from shared.store.engine import KEPT_CONNECTIONS
from shared.tracing import Tracer


@dataclass(frozen=True)
class Services:
    """What a process works with. Connections open on first use, so it is safe to make one before a fork."""

    settings: Settings
    store: Store
    blobs: BlobStore
    celery: Celery
    redis: Redis
    queue: JobQueue
    notices: Notices
    keyring: KeyRing
    egress: EgressGuard
    metrics: Metrics
    tracer: Tracer


def load_keyring(settings: Settings) -> KeyRing:
    """The master key, made if there is none yet, and those before it. Raises OSError and ValueError."""
    path = settings.master_key_file or settings.data_dir / "master.key"
    return KeyRing(load_master_key(path), load_earlier_keys(settings.previous_master_key_file))


def make_redis(settings: Settings, **options: Any) -> Redis:
    """A client of the Redis server, whose connections open on first use."""
    # A socket of this machine has no cable.
    keepalive = {} if settings.broker_url.startswith("unix://") else keepalive_options()
    return Redis.from_url(
        settings.broker_url,
        socket_connect_timeout=5,
        health_check_interval=30,
        decode_responses=True,
        **keepalive,
        **options,
        **tls_options(settings),
    )


def make_services(
    settings: Settings,
    metrics: Metrics | None = None,
    tracer: Tracer | None = None,
    *,
    connections: int = KEPT_CONNECTIONS,
) -> Services:
    """Build everything for one process, which may have so many connections to the database at once.

    By itself it counts in its memory and writes no traces.
    """
    redis = make_redis(settings)
    celery = make_celery(settings)
    return Services(
        settings=settings,
        store=Store(settings.sqlalchemy_url, connections),
        blobs=BlobStore(settings.blob_root),
        celery=celery,
        redis=redis,
        queue=JobQueue(celery, make_redis(settings, retry=Retry(ConstantBackoff(0.1), 1))),
        notices=Notices(redis),
        keyring=load_keyring(settings),
        egress=EgressGuard(settings.egress_allow, settings.egress_ports, settings.egress_deny),
        metrics=metrics or Metrics(),
        tracer=tracer or Tracer(),
    )
