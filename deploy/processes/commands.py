"""The command lines of the service's processes: the same on a laptop and in the images."""

import math
import sys
from collections.abc import Callable

from shared.queue import DELIVER, MAINTENANCE
from shared.settings import Settings

# Several times what one host may have under way, so that slow hosts leave room for others.
DELIVERIES_AT_ONCE = 24
# Of a request: callers send ten or so, and proxies as many again.
MOST_HEADERS, HEADER_BYTES = 64, 8190


def gateway_command(settings: Settings) -> list[str]:
    """gunicorn, one process of threads."""
    return [
        *_module("gunicorn"),
        *("--bind", f"{_bracketed(settings.http_host)}:{settings.http_port}"),
        *("--worker-class", "api.serving.GatewayWorker", "--logger-class", "api.serving.GatewayLogger"),
        *("--workers", "1", "--threads", str(settings.gateway_threads)),
        *("--timeout", "120", "--graceful-timeout", str(math.ceil(settings.drain_seconds))),
        *("--log-level", "warning"),
        # Callers of dialect 1 give their webhook in the query.
        *("--limit-request-line", "8190"),
        *("--limit-request-fields", str(MOST_HEADERS), "--limit-request-field_size", str(HEADER_BYTES)),
        # It would let any process of this user stop the gateway, and needs a home that can be written to.
        "--no-control-socket",
        "api.main:app",
    ]


def model_worker_command(settings: Settings) -> list[str]:
    """Identification and enrolment: one child with one model."""
    return [
        *_module("celery"),
        *("-q", "-A", "worker.main", "worker", "-n", "models@%h", "-Q", ",".join(settings.worker_queues)),
        *("-c", "1", "--without-mingle", "--without-gossip"),
    ]


def delivery_worker_command(_: Settings) -> list[str]:
    """Webhooks and maintenance: threads that wait for others' servers."""
    return [
        *_module("celery"),
        *("-q", "-A", "worker.main", "worker", "-n", "deliver@%h", "-Q", f"{DELIVER},{MAINTENANCE}"),
        *("-P", "threads", "-c", str(DELIVERIES_AT_ONCE), "--without-mingle", "--without-gossip"),
    ]


def beat_command(settings: Settings) -> list[str]:
    """The clock that starts the sweep."""
    schedule = settings.data_dir.resolve() / "beat-schedule"
    return [*_module("celery"), "-q", "-A", "worker.main", "beat", "-s", str(schedule), "--pidfile="]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def flower_command(_: Settings) -> list[str]:
    """Flower, for reading only; its login comes from its own variable FLOWER_BASIC_AUTH."""
    return _module("deploy.processes.watching")


COMMANDS: dict[str, Callable[[Settings], list[str]]] = {
    "gateway": gateway_command,
    "worker": model_worker_command,
    "deliver": delivery_worker_command,
    "beat": beat_command,
    "flower": flower_command,
}
SERVICE = ("gateway", "worker", "deliver", "beat")
"""What serves requests; the others only watch."""
