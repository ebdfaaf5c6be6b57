"""Bring a database to the newest schema; safe to run any number of times and from several processes at once.

Processes of the version before go on meanwhile and afterwards, so migrations only add; see docs/adr/0009.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from shared.crypto import KeyRing
from shared.logging import log
from shared.store.alone import alone
from shared.store.engine import Store

# A change to a table waits for whoever uses it, and everybody else waits behind it. Rather try again soon.
TABLE_PATIENCE_SECONDS = 10
UNLIMITED = ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0")


def alembic_config() -> Config:
    """Alembic's settings; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(store: Store, revision: str = "head", keyring: KeyRing | None = None) -> None:
    """Run what is missing of the migrations, in one transaction, while nobody else does.

    A ledger that a newer version has migrated already is left as it is: it serves this version as well.
    ``keyring`` is for those that seal what is in the ledger; without rows to seal they need none. Raises
    DecryptionError, and then nothing was changed.
    """
    known = ScriptDirectory.from_config(alembic_config())
    # Most starts find nothing to do, and need not wait for each other to see that.
    if _revision_of(store) == known.get_current_head():
        return
    with alone(store):
        found = _revision_of(store)
        if found is not None and found not in {one.revision for one in known.walk_revisions()}:
            log.warning("ledger_is_newer", revision=found, known=known.get_current_head())
            return
        _migrate(store, revision, keyring)
        if _revision_of(store) != found:
            # What was there in clear should not be in SQLite's log of changes any more.
            store.forget_deleted()


def _revision_of(store: Store) -> str | None:
    """Asked by hand: Alembic would write to the log about it, at every start of every process."""
    with store.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def _migrate(store: Store, revision: str, keyring: KeyRing | None) -> None:
    config = alembic_config()
    config.attributes["keyring"] = keyring
    with _writing(store) as connection:
        if connection.dialect.name == "postgresql":
            for limit in (*UNLIMITED, f"lock_timeout = '{TABLE_PATIENCE_SECONDS}s'"):
                connection.execute(text(f"SET LOCAL {limit}"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def _writing(store: Store) -> Iterator[Connection]:
    """A transaction in which SQLite lets a table be replaced by a changed copy of itself.

    With foreign keys enforced, dropping the old one would delete every row that refers to it ("Making Other
    Kinds Of Table Schema Changes" in SQLite's documentation of ALTER TABLE).
    """
    with store.engine.execution_options(writing=True).connect() as connection:
        driver: Any = connection.connection.driver_connection
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                    raise RuntimeError("the migration would leave rows that refer to nothing")
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys=ON")
