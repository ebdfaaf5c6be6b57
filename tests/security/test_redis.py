"""Redis with names and passwords, and by TLS: for redis-py and for Celery alike."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, g
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

from api.rate_limits import RateLimits
from deploy.local.embedded_redis import embedded_redis
from deploy.processes.commands import delivery_worker_command
from deploy.processes.preparation import prepare_ledger
from shared.queue import DELIVER
from shared.services import Services, make_services
from shared.settings import Settings
from shared.settings.environment import environment_with
from shared.store.tenants import Caller
from tests.security.tls import Certificate, make_certificate, tls_in_front_of

NAME, PASSWORD = "rollcall", "Sesame9Opens"
# What deployment.md gives the user that Rollcall logs in as.
RIGHTS = ["~*", "&*", "+@all", "-@admin", "-@dangerous", "+info"]
CONNECT_SECONDS = 30


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a user of that name, who has no rights but those he needs."""
    with embedded_redis(tmp_path_factory.mktemp("redis")) as url, Redis.from_url(url) as admin:
        admin.execute_command("ACL", "SETUSER", NAME, "on", f">{PASSWORD}", *RIGHTS)
        yield url


@pytest.fixture(scope="module")
def socket_file(redis_url: str) -> str:
    return redis_url.removeprefix("unix://")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"), "server", "127.0.0.1")


@pytest.fixture(scope="module")
def port(socket_file: str, certificate: Certificate) -> Iterator[int]:
    """Where the server is reached by TLS."""
    with tls_in_front_of(socket_file, certificate) as listening:
        yield listening


def services(folder: Path, url: str, **files: Path) -> Services:
    chosen = Settings(_env_file=None, data_dir=folder, redis_url=url, **files)  # type: ignore[call-arg, arg-type]
    return make_services(chosen)


def by_tls(port: int) -> str:
    return f"rediss://{NAME}:{PASSWORD}@127.0.0.1:{port}/0"


def published(made: Services) -> bool:
    """Whether Celery brings a message to the server. Raises kombu's errors."""
    before = made.queue.waiting(DELIVER)
    made.celery.send_task("rollcall.deliver", args=["x"], queue=DELIVER, retry=False)
    return made.queue.waiting(DELIVER) == before + 1


def test_redis_is_reached_with_name_and_password(tmp_path: Path, socket_file: str) -> None:
    assert services(tmp_path, f"unix://{NAME}:{PASSWORD}@{socket_file}").redis.ping()


def test_celery_reaches_its_broker_with_name_and_password(tmp_path: Path, socket_file: str) -> None:
    assert published(services(tmp_path, f"unix://{NAME}:{PASSWORD}@{socket_file}"))


def test_redis_is_reached_by_tls(tmp_path: Path, port: int, certificate: Certificate) -> None:
    assert services(tmp_path, by_tls(port), redis_ca_file=certificate.certificate).redis.ping()


def test_celery_reaches_its_broker_by_tls(tmp_path: Path, port: int, certificate: Certificate) -> None:
    assert published(services(tmp_path, by_tls(port), redis_ca_file=certificate.certificate))


def test_requests_are_counted_by_tls(tmp_path: Path, port: int, certificate: Certificate) -> None:
    made = services(tmp_path, by_tls(port), redis_ca_file=certificate.certificate)
    with Flask("counting").app_context():
        RateLimits(made).count(Caller("tenant"))
        assert "rate_limit" in g


def test_redis_is_not_reached_where_its_certificate_is_not_trusted(tmp_path: Path, port: int) -> None:
    with pytest.raises(Unreachable, match="certificate verify failed"):
        services(tmp_path, by_tls(port)).redis.ping()


def test_celery_publishes_nothing_where_the_certificate_is_not_trusted(
    tmp_path: Path, socket_file: str, certificate: Certificate
) -> None:
    # On a port of its own: kombu would take a trusting connection to the same address out of its pool.
    with (
        tls_in_front_of(socket_file, certificate) as port,
        pytest.raises(OperationalError, match="certificate verify failed"),
    ):
        services(tmp_path, by_tls(port)).celery.send_task("x", queue=DELIVER, retry=False)


def test_a_certificate_for_another_address_is_not_trusted(tmp_path: Path, socket_file: str) -> None:
    other = make_certificate(tmp_path, "other", "127.0.0.2")
    with (
        tls_in_front_of(socket_file, other) as port,
        pytest.raises(Unreachable, match="certificate verify failed"),
    ):
        services(tmp_path, by_tls(port), redis_ca_file=other.certificate).redis.ping()


def test_a_certificate_is_shown_to_a_server_that_asks(
    tmp_path: Path, socket_file: str, certificate: Certificate
) -> None:
    mine = make_certificate(tmp_path, "mine", "127.0.0.1")
    files = {
        "redis_ca_file": certificate.certificate,
        "redis_cert_file": mine.certificate,
        "redis_key_file": mine.key,
    }
    with tls_in_front_of(socket_file, certificate, asked_for=mine) as port:
        assert published(services(tmp_path, by_tls(port), **files))


@contextmanager
def delivery_worker(folder: Path, **settings: str) -> Iterator[Path]:
    """A delivery worker for the length of the block: the file with its log."""
    environment = environment_with(ROLLCALL_DATA_DIR=str(folder), ROLLCALL_DATABASE_URL="", **settings)
    command = delivery_worker_command(Settings(_env_file=None))  # type: ignore[call-arg]
    log = folder / "log"
    with log.open("wb") as output:
        worker = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield log
        finally:
            worker.kill()
            worker.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when it holds, or after the time that a worker needs to start and connect."""
    deadline = time.monotonic() + CONNECT_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.2)


def test_the_rights_that_the_docs_give_are_enough_for_a_worker(
    tmp_path: Path, port: int, certificate: Certificate
) -> None:
    made = services(tmp_path, by_tls(port), redis_ca_file=certificate.certificate)
    prepare_ledger(made)
    assert published(made)
    files = {"ROLLCALL_REDIS_CA_FILE": str(certificate.certificate)}
    with delivery_worker(tmp_path, ROLLCALL_REDIS_URL=by_tls(port), **files) as log:
        wait_until(lambda: made.queue.waiting(DELIVER) == 0)
    assert (made.queue.waiting(DELIVER), "NOPERM" in log.read_text()) == (0, False), log.read_text()


def test_the_docs_give_these_rights() -> None:
    assert " ".join(RIGHTS) in (Path(__file__).parents[2] / "docs/deployment.md").read_text()


def test_a_broker_that_refuses_the_password_does_not_bring_it_into_the_log(
    tmp_path: Path, port: int, certificate: Certificate
) -> None:
    wrong = "Wrong9Password"
    url = by_tls(port).replace(PASSWORD, wrong)
    files = {"ROLLCALL_REDIS_CA_FILE": str(certificate.certificate)}
    with delivery_worker(tmp_path, ROLLCALL_REDIS_URL=url, **files) as log:
        wait_until(lambda: b"annot connect" in log.read_bytes())
    written = log.read_text()
    assert (wrong in written, "annot connect" in written) == (False, True), written
