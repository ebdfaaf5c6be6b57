"""Bring a database to the newest schema; safe to run any number of times and from several processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from shared.crypto import KeyRing
from shared.store.engine import Store

# Any number will do; PostgreSQL's advisory locks are named by one.
MIGRATION_LOCK = 72_665_582


def alembic_config() -> Config:
    """Alembic's settings; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(store: Store, revision: str = "head", keyring: KeyRing | None = None) -> None:
    """Run what is missing of the migrations, in one transaction under a lock.

    ``keyring`` is for those that seal what is in the ledger; without rows to seal they need none. Raises
    DecryptionError, and then nothing was changed.
    """
    config = alembic_config()
    config.attributes["keyring"] = keyring
    with _writing(store) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        before = _revision(connection)
        command.upgrade(config, revision)
        changed = _revision(connection) != before
    if changed:
        # What was there in clear should not be in SQLite's log of changes any more.
        store.forget_deleted()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


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
