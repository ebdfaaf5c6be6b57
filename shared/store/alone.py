"""One process at a time, of all that start on the same database: who dies lets go."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from shared.store.engine import Store

# Any number will do; PostgreSQL's advisory locks are named by one.
STARTING_LOCK = 72_665_582


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """Wait for the others, and keep them waiting until the block ends. Not to be nested."""
    if store.engine.dialect.name == "postgresql":
        with _advisory_lock(store):
            yield
    elif store.engine.url.database:
        with _locked_file(Path(f"{store.engine.url.database}.lock")):
            yield
    else:
        yield


@contextmanager
def _advisory_lock(store: Store) -> Iterator[None]:
    """A lock of a connection of its own, which is closed with the block whatever happens."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        # However long the one before takes.
        for limit in ("statement_timeout", "lock_timeout"):
            connection.execute(text(f"SET {limit} = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": STARTING_LOCK})
        yield


@contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
