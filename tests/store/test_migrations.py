"""The migrations and the tables say the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared import apikeys
from shared.crypto import KeyRing
from shared.store import Store
from shared.store.migrate import upgrade
from shared.store.schema import ApiKey, Base, DeliveryAttempt, Speaker
from shared.store.tenants import authenticate, ensure_first_tenant


def test_the_migrations_make_the_tables_of_the_schema(store: Store) -> None:
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []


def test_migrating_again_keeps_the_data(store: Store, keyring: KeyRing) -> None:
    key = apikeys.generate()
    with store.writing() as session:
        ensure_first_tenant(session, key, keyring)
    upgrade(store)
    with store.reading() as session:
        assert authenticate(session, key)


@pytest.fixture
def older_store(tmp_path: Path, keyring: KeyRing) -> Iterator[Store]:
    """A ledger of an earlier version, with a delivery that has been attempted, on SQLite."""
    opened = Store(f"sqlite:///{tmp_path / 'ledger.db'}")
    upgrade(opened, "0004")
    with opened.writing() as session:
        tenant_id, moment = "t", "2026-05-04 10:00:00.000000"
        wrapped = keyring.new_wrapped_key(tenant_id)
        insert_row(session, "tenants", id=tenant_id, name="first", wrapped_key=wrapped, created_at=moment)
        insert_row(session, "speakers", id="s", tenant_id=tenant_id, speaker_id="alice", created_at=moment)
        job = dict.fromkeys(("request_digest", "kind", "queue", "state", "encoding", "language"), "")
        job |= {
            "id": "j",
            "tenant_id": tenant_id,
            "request_id": "j",
            "sample_rate_hertz": 0,
            "parameters": "{}",
        }
        insert_row(session, "jobs", **job, created_at=moment, queued_at=moment, attempts=1)
        delivery = {"id": "d", "tenant_id": tenant_id, "job_id": "j", "url": "http://example.com/hook"}
        insert_row(
            session, "deliveries", **delivery, body=b"{}", state="pending", attempts=1, created_at=moment
        )
        attempt = {"id": "a", "delivery_id": "d", "number": 1, "attempted_at": moment}
        insert_row(session, "delivery_attempts", **attempt, duration_seconds=0.1)
    yield opened
    opened.close()


def insert_row(session: Session, table: str, **values: object) -> None:
    names = ", ".join(values)
    session.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(values)})"), values)


def test_an_older_ledger_keeps_the_attempts_of_its_deliveries(older_store: Store, keyring: KeyRing) -> None:
    upgrade(older_store, keyring=keyring)
    with older_store.reading() as session:
        assert session.scalars(select(DeliveryAttempt.number)).all() == [1]


def test_speakers_of_an_older_ledger_have_to_be_enrolled_again(older_store: Store, keyring: KeyRing) -> None:
    upgrade(older_store, keyring=keyring)
    with older_store.reading() as session:
        assert session.scalars(select(Speaker.speaker_id)).all() == []


def test_a_migration_leaves_foreign_keys_enforced(store: Store) -> None:
    orphan = insert(ApiKey).values(tenant_id="nobody", key_digest="digest")
    with store.writing() as session, pytest.raises(IntegrityError):
        session.execute(orphan)


def test_a_second_key_joins_the_first_tenant(store: Store, keyring: KeyRing) -> None:
    first, second = apikeys.generate(), apikeys.generate()
    with store.writing() as session:
        ensure_first_tenant(session, first, keyring)
        ensure_first_tenant(session, second, keyring)
        callers = [authenticate(session, key) for key in (first, second)]
    assert len({caller.tenant_id for caller in callers if caller}) == len(callers) - 1


def test_an_unknown_key_belongs_to_nobody(store: Store) -> None:
    with store.reading() as session:
        assert authenticate(session, "rc_unknown") is None
