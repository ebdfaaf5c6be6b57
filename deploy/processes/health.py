"""``python -m deploy.processes.health NAME``: 0 if that process of this machine does its work.

For containers, which have no curl. Each process is asked where it shows that it works: over HTTP, by the
answer to a ping on the queue, by the worker's word that its models are loaded, by beat's schedule file.
"""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from socket import gethostname

from redis import Redis
from redis.exceptions import RedisError

from deploy.processes.flower_settings import load_flower_settings
from shared.presence import workers_present
from shared.redis_options import tls_options
from shared.settings import Settings, load_settings

ANSWER_SECONDS = 5
# Celery's beat writes its schedule every 180 s.
SCHEDULE_WRITTEN_SECONDS = 400
NOT_LOGGED_IN = 401


class Unwell(Exception):
    """The process does not do its work; the message says how that shows."""


def check_gateway(settings: Settings) -> None:
    """It answers. Raises Unwell."""
    _ask(f"http://{_own_address(settings)}:{settings.http_port}/livez")


def check_model_worker(settings: Settings) -> None:
    """Its models are loaded, and it takes messages. Raises Unwell."""
    with Redis.from_url(settings.broker_url, decode_responses=True, **tls_options(settings)) as redis:
        names = [worker.name for worker in workers_present(redis)]
    if not any(name.endswith(f"@{settings.worker_host}") for name in names):
        raise Unwell("no child with loaded models was seen lately")
    _ping(settings, "models")


def check_delivery_worker(settings: Settings) -> None:
    """It takes messages. Raises Unwell."""
    _ping(settings, "deliver")


def check_beat(settings: Settings) -> None:
    """Its clock goes on. Raises Unwell."""
    written = [path.stat().st_mtime for path in settings.data_dir.glob("beat-schedule*")]
    if not written or time.time() - max(written) > SCHEDULE_WRITTEN_SECONDS:
        raise Unwell("its schedule was not written lately")


def check_flower(settings: Settings) -> None:
    """It answers, if only that a login is needed. Raises Unwell."""
    _ask(f"http://{_own_address(settings)}:{load_flower_settings(settings).port}/", expected=NOT_LOGGED_IN)


CHECKS: dict[str, Callable[[Settings], None]] = {
    "gateway": check_gateway,
    "worker": check_model_worker,
    "deliver": check_delivery_worker,
    "beat": check_beat,
    "flower": check_flower,
}


def _own_address(settings: Settings) -> str:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - what is listened on, not listening
    return everywhere.get(settings.http_host, settings.http_host)


def _ask(url: str, expected: int = 200) -> None:
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - of this machine
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    except OSError as error:
        raise Unwell(f"no answer: {error}") from None
    if status != expected:
        raise Unwell(f"it answers {status}")


def _ping(settings: Settings, name: str) -> None:
    # Celery takes longest to load, and two of the checks do without.
    from kombu.exceptions import OperationalError

    from shared.queue import make_celery

    destination = f"{name}@{gethostname()}"
    try:
        answers = make_celery(settings).control.ping(destination=[destination], timeout=ANSWER_SECONDS)
    except OperationalError as error:
        raise Unwell(f"Redis does not answer: {error}") from None
    if not any(destination in answer for answer in answers):
        raise Unwell(f"{destination} does not answer")


def main() -> str | int:
    """The exit status: 0, or what is wrong."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in CHECKS:
        return f"usage: python -m deploy.processes.health {'|'.join(CHECKS)}"
    try:
        CHECKS[name](load_settings())
    except (Unwell, OSError, RedisError) as error:
        return f"{name} is unwell: {error}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
