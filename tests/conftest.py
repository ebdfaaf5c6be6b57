"""Fixtures that more than one folder of tests needs."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.crypto import KeyRing
from shared.store import Store
from shared.store.migrate import upgrade
from shared.store.schema import Base
from tests.postgres import started_postgres, url_of

# Before anything imports torch: its threads would otherwise spin while they wait, and keep the cores from
# the tests that run beside.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server's database, for the whole run."""
    server = started_postgres()
    yield url_of(server)
    server.cleanup()


@pytest.fixture(scope="session")
def newest_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file of the newest schema, to copy: all migrations anew for each test take long."""
    path = tmp_path_factory.mktemp("newest") / "ledger.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    store.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, newest_ledger: Path) -> Iterator[Store]:
    """An empty ledger: each test that takes it runs on both databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(newest_ledger, tmp_path / 'ledger.db')}"
    else:
        url = request.getfixturevalue("postgres_url")
    with empty_ledger(url) as opened:
        yield opened


@contextmanager
def empty_ledger(url: str) -> Iterator[Store]:
    """A ledger of the newest schema, without what others left in it, which is empty again after the block."""
    opened = Store(url)
    upgrade(opened)
    _empty(opened)
    yield opened
    _empty(opened)
    opened.close()


def _empty(store: Store) -> None:
    with store.writing() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(text(f'DELETE FROM "{table.name}"'))


@pytest.fixture
def keyring() -> KeyRing:
    """Keys wrapped with a master key of the test's own."""
    return KeyRing(b"m" * 32)
