"""What every process does as it starts: one at a time, and harmless if another version was there before."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from shared.settings.environment import environment_with
from shared.store import Store
from shared.store.alone import alone
from shared.store.migrate import alembic_config, upgrade

STARTS = 3


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nothing is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    url = request.getfixturevalue("postgres_url")
    with _autocommitting(url) as connection:
        connection.execute(text("CREATE DATABASE starting"))
    yield url.replace("/postgres?", "/starting?")
    with _autocommitting(url) as connection:
        connection.execute(text("DROP DATABASE starting WITH (FORCE)"))


def _autocommitting(url: str) -> Connection:
    return Store(url).engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def test_processes_that_start_at_once_make_one_ledger(new_url: str, tmp_path: Path) -> None:
    variables = {
        "ROLLCALL_DATABASE_URL": new_url,
        "ROLLCALL_DATA_DIR": str(tmp_path),
        "ROLLCALL_REDIS_URL": "redis://127.0.0.1:1/0",
        "ROLLCALL_BOOTSTRAP_API_KEY": "",
    }
    program = (
        "from deploy.processes.preparation import prepare_ledger; from shared.services import make_services;"
        "from shared.settings import load_settings; prepare_ledger(make_services(load_settings(None)))"
    )
    environment = environment_with(**variables)
    running = [
        subprocess.Popen([sys.executable, "-c", program], env=environment, stderr=subprocess.PIPE)
        for _ in range(STARTS)
    ]
    ended = [(process.communicate()[1].decode(), process.returncode) for process in running]
    store = Store(new_url)
    with store.reading() as session:
        tenants = session.scalar(text("SELECT count(*) FROM tenants"))
    store.close()
    assert ([code for _, code in ended], tenants) == ([0] * STARTS, 1), ended


def test_a_process_waits_for_the_one_that_migrates(new_url: str) -> None:
    first, second = Store(new_url), Store(new_url)
    waiting = threading.Thread(target=upgrade, args=(second,))
    with alone(first):
        waiting.start()
        waiting.join(0.5)
        waited = waiting.is_alive()
    waiting.join(30)
    with second.reading() as session:
        made = session.scalar(text("SELECT count(*) FROM alembic_version"))
    for store in (first, second):
        store.close()
    assert (waited, made) == (True, 1)


def test_a_ledger_of_a_newer_version_is_left_as_it_is(store: Store) -> None:
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'of_tomorrow'"))
    try:
        upgrade(store)
        with store.reading() as session:
            found = session.scalar(text("SELECT version_num FROM alembic_version"))
    finally:
        with store.writing() as session:
            session.execute(text("DELETE FROM alembic_version"))
            session.execute(
                text("INSERT INTO alembic_version VALUES (:head)"),
                {"head": ScriptDirectory.from_config(alembic_config()).get_current_head()},
            )
    assert found == "of_tomorrow"
