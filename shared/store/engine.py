"""Connections and transactions, alike on SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import Session

BUSY_TIMEOUT_SECONDS = 15
# Kept open between uses, the last used first; more are opened while more threads want one at once.
KEPT_CONNECTIONS = 10
POOL_PATIENCE_SECONDS = 10
# How long a server, or the way to it, may be silent before a connection to it is given up.
CONNECT_SECONDS = 5
SILENCE_SECONDS = 20
# PostgreSQL ends what takes longer, so that no lost process holds rows or connections for good. A client that
# vanished, its cable pulled say, is noticed by keepalives while it is silent.
SERVER_OPTIONS = {
    "statement_timeout": "30s",
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": str(SILENCE_SECONDS * 1000),
    "client_connection_check_interval": "5s",
}
# Writers wait meanwhile.
CHECKPOINT_PATIENCE_SECONDS = 1


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # We begin transactions ourselves: the driver would begin them late and without a lock.
    connection.isolation_level = None
    # A cache of 256 kB each, not 2 MB: a delivery worker has a connection for every thread, and the system
    # keeps the file's pages once for all of them.
    for pragma in (
        "cache_size=-256",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads before it writes deadlocks under a deferred BEGIN; see "SQLITE_BUSY" in
    # SQLite's own documentation of transactions.
    writing = connection.get_execution_options().get("writing", False)
    # Past SQLAlchemy, which takes longer for this statement than SQLite does.
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgres_engine(url: URL, connections: int) -> Engine:
    """Connections that were cut are noticed before they are used, and all after one was (pre-ping)."""
    kept = min(connections, KEPT_CONNECTIONS)
    options = " ".join(f"-c {name}={value}" for name, value in SERVER_OPTIONS.items())
    # What the url says itself wins; of two options PostgreSQL takes the last.
    given: dict[str, Any] = {
        "application_name": "rollcall",
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": SILENCE_SECONDS * 1000,
        **url.query,
        "options": f"{options} {url.query.get('options', '')}",
    }
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_use_lifo=True,
        pool_size=kept,
        max_overflow=connections - kept,
        pool_timeout=POOL_PATIENCE_SECONDS,
        hide_parameters=True,
        connect_args=given,
    )


def make_engine(url: str, connections: int) -> Engine:
    """An engine for ``sqlite:///file`` or ``postgresql+psycopg://…``, with so many connections at most.

    Its errors hide their parameters, which may hold keys and tokens of urls.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _postgres_engine(parsed, connections)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


class Store:
    """Opens transactions on one database.

    ``connections`` is how many a process may have at once, one for each of its threads that asks the ledger;
    none is opened before it is needed. Only PostgreSQL counts them.
    """

    def __init__(self, url: str, connections: int = KEPT_CONNECTIONS) -> None:
        self.engine = make_engine(url, connections)
        self._writer = self.engine.execution_options(writing=True)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that commits when the block ends, and rolls back if it raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """The same for a question or two about columns, in less time than a session takes."""
        with self.engine.connect() as connection:
            yield connection

    def ping(self) -> None:
        """Raise SQLAlchemy's error if the database cannot answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def forget_deleted(self) -> bool:
        """See that what was deleted is not in the files any more; False if others are in the way just now.

        On SQLite, deleted rows are overwritten with zeros, but the log of changes keeps pages as they were
        until it is emptied. What PostgreSQL keeps for how long is its own business; see docs/privacy.md.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA busy_timeout={CHECKPOINT_PATIENCE_SECONDS * 1000}")
            try:
                busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:
                return False
            finally:
                driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
        return not busy

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
