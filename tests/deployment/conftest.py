"""The whole of docker-compose.yml, running without Docker."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

from client import RollcallClient, Segment
from deploy.demo.conversation import cut_out, own_turns, packaged_conversation
from deploy.local.checks import free_port
from tests.deployment.fleet import Fleet
from tests.deployment.stores import compose_redis

PROCESSES = ("api", "worker", "deliver", "beat", "flower")
NAMES = ["speaker90", "speaker91"]


@pytest.fixture(scope="package")
def database_url(postgres_url: str) -> Iterator[str]:
    """A database of its own: what runs on it would write into what other tests count."""
    url = make_url(postgres_url)
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE DATABASE compose"))
        yield url.set(database="compose").render_as_string(hide_password=False)
        connection.execute(text("DROP DATABASE compose WITH (FORCE)"))


@pytest.fixture(scope="package")
def fleet(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Fleet]:
    """Every service of ours, healthy, on a PostgreSQL and on compose's Redis with its password."""
    folder = tmp_path_factory.mktemp("compose")
    redis_port = free_port()
    addresses = {
        "postgresql+psycopg://rollcall@postgres/rollcall": database_url,
        "redis:6379": f"127.0.0.1:{redis_port}",
        "8000": str(free_port()),
        "5555": str(free_port()),
    }
    fleet = Fleet(folder, addresses)
    with compose_redis(folder / "redis", redis_port, folder / "secrets" / "redis_password"):
        try:
            assert fleet.start("prepare").wait(60) == 0, fleet.running["prepare"].last_words()
            for name in PROCESSES:
                fleet.start(name)
            fleet.wait_until_healthy(*PROCESSES)
            yield fleet
        finally:
            fleet.kill()


@pytest.fixture(scope="package")
def client(fleet: Fleet) -> RollcallClient:
    """A client with the first tenant's key."""
    return RollcallClient(f"http://127.0.0.1:{fleet.addresses['8000']}", fleet.secret("api_key"))


@pytest.fixture(scope="package")
def identified(client: RollcallClient) -> list[Segment]:
    """Who speaks when in a real conversation of two who were enrolled before."""
    conversation = packaged_conversation()
    for name in NAMES:
        client.enroll(name, cut_out(conversation.audio, own_turns(conversation.reference, name)))
    return list(client.identify(conversation.audio, NAMES).segments)
