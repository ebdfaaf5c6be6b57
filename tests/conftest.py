"""Fixtures that more than one folder of tests needs."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from shared.crypto import KeyRing
from shared.store import Store
from shared.store.migrate import upgrade
from shared.store.schema import Base
from tests.ledgers import lay_ledger
from tests.postgres import started_postgres, url_of

# Before anything imports torch: its threads would otherwise spin while they wait, and keep the cores from
# the tests that run beside.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A shell that runs the tests in the background has them ignore interrupts, and so what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server's database, for the whole run."""
    server = started_postgres()
    yield url_of(server)
    server.cleanup()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty ledger in a file of its own."""
    opened = Store(f"sqlite:///{lay_ledger(tmp_path, 'ledger.db')}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def newest_postgres(postgres_url: str) -> Iterator[Store]:
    """A ledger of the newest schema in PostgreSQL, with whatever the last test left in it."""
    opened = Store(postgres_url)
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def postgres_store(newest_postgres: Store) -> Store:
    """An empty ledger in PostgreSQL."""
    tables = reversed(Base.metadata.sorted_tables)
    with newest_postgres.writing() as session:
        session.connection().exec_driver_sql(";".join(f'DELETE FROM "{table.name}"' for table in tables))
    return newest_postgres


@pytest.fixture(params=["sqlite_store", "postgres_store"], ids=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty ledger: each test that takes it runs on both databases."""
    opened: Store = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def keyring() -> KeyRing:
    """Keys wrapped with a master key of the test's own."""
    return KeyRing(b"m" * 32)


class _FilesByWhatTheyShare(LoadFileScheduling):
    """Files go to processes as a whole, and those folders whose files share what is dear to start."""

    def _split_scope(self, nodeid: str) -> str:
        path = super()._split_scope(nodeid)
        return next((folder for folder in _SHARING if path.startswith(folder)), path)


_SHARING = ("tests/deployment/", "tests/models/")
"""All services of compose, and the networks."""


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """How tests are divided among processes."""
    return _FilesByWhatTheyShare(config, log)
