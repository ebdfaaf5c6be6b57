"""The migrations and the tables say the same."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared import apikeys
from shared.crypto import KeyRing
from shared.store import Store
from shared.store.migrate import upgrade
from shared.store.schema import Base
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


def test_a_second_key_joins_the_first_tenant(store: Store, keyring: KeyRing) -> None:
    first, second = apikeys.generate(), apikeys.generate()
    with store.writing() as session:
        ensure_first_tenant(session, first, keyring)
        ensure_first_tenant(session, second, keyring)
        assert authenticate(session, first) == authenticate(session, second)


def test_an_unknown_key_belongs_to_nobody(store: Store) -> None:
    with store.reading() as session:
        assert authenticate(session, "rc_unknown") is None
