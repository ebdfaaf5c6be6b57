"""Connections to PostgreSQL: how many, for how long, and what becomes of those that are cut."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session

from shared.store import Store, engine

SETTINGS = {
    "statement_timeout": "30s",
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "1min",
    "application_name": "rollcall",
}


@pytest.fixture
def pair(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store of two connections, for the third of which nobody waits long."""
    monkeypatch.setattr(engine, "POOL_PATIENCE_SECONDS", 0.1)
    store = Store(postgres_url, connections=2)
    yield store
    store.close()


def backend(session: Session) -> int:
    return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())


@pytest.mark.parametrize("name", SETTINGS)
def test_a_session_has_its_limits(pair: Store, name: str) -> None:
    with pair.reading() as session:
        assert session.scalar(text(f"SHOW {name}")) == SETTINGS[name]


def test_what_the_url_says_wins_and_the_rest_stays(postgres_url: str) -> None:
    store = Store(f"{postgres_url}&options=-c%20statement_timeout%3D7s")
    with store.reading() as session:
        found = [session.scalar(text(f"SHOW {name}")) for name in ("statement_timeout", "lock_timeout")]
    store.close()
    assert found == ["7s", "15s"]


def test_a_statement_that_takes_too_long_is_a_fault_that_passes(postgres_url: str) -> None:
    store = Store(f"{postgres_url}&options=-c%20statement_timeout%3D50ms")
    with pytest.raises(OperationalError), store.reading() as session:
        session.execute(text("SELECT pg_sleep(5)"))
    store.close()


def test_a_connection_that_was_cut_is_replaced(pair: Store, postgres_url: str) -> None:
    with pair.reading() as session:
        first = backend(session)
    other = Store(postgres_url)
    with other.reading() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    other.close()
    with pair.reading() as session:
        assert backend(session) != first


def test_no_connection_is_opened_before_it_is_needed(pair: Store) -> None:
    found = set()
    for _ in range(3):
        with pair.reading() as session:
            found.add(backend(session))
    assert len(found) == 1


def test_a_process_opens_no_more_than_its_share(pair: Store) -> None:
    with ExitStack() as held:
        for _ in range(2):
            backend(held.enter_context(pair.reading()))
        with pytest.raises(NoneFree):
            backend(held.enter_context(pair.reading()))


def test_a_thread_waits_for_a_connection_that_another_gives_back(
    postgres_url: str,
) -> None:
    store = Store(postgres_url, connections=1)
    found: list[int] = []

    def ask() -> None:
        with store.reading() as session:
            found.append(backend(session))

    waiting = threading.Thread(target=ask)
    with store.reading() as session:
        first = backend(session)
        waiting.start()
    waiting.join(10)
    store.close()
    assert found == [first]
