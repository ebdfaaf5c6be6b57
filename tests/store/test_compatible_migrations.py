"""Processes of the version before go on through a migration, and after it: docs/adr/0009 has the rule."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector, inspect

from shared.store import Store
from shared.store.migrate import alembic_config, upgrade

# Migrations before it asked for all processes to be stopped.
FIRST_COMPATIBLE = "0008"


def _revisions() -> list[str]:
    return [one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]


COMPATIBLE = _revisions()[_revisions().index(FIRST_COMPATIBLE) :]
STEPS = list(pairwise(COMPATIBLE))
Shape = dict[str, dict[str, dict[str, Any]]]


def _shape(store: Store) -> Shape:
    seen: Inspector = inspect(store.engine)
    return {
        table: {column["name"]: dict(column) for column in seen.get_columns(table)}
        for table in seen.get_table_names()
    }


def _unique(store: Store) -> set[tuple[str, tuple[str, ...]]]:
    seen = inspect(store.engine)
    return {
        (table, tuple(one["column_names"]))
        for table in seen.get_table_names()
        for one in seen.get_unique_constraints(table)
    }


@pytest.fixture(params=STEPS, ids="-".join)
def step(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Shape, set[Any]]]:
    """A ledger after a migration, and what it was like before."""
    store = Store(f"sqlite:///{tmp_path / 'ledger.db'}")
    before, after = request.param
    upgrade(store, before)
    shape, unique = _shape(store), _unique(store)
    upgrade(store, after)
    yield store, shape, unique
    store.close()


def test_a_migration_removes_nothing(step: tuple[Store, Shape, set[Any]]) -> None:
    store, before, _ = step
    after = _shape(store)
    gone = [
        (table, name)
        for table, columns in before.items()
        for name in columns
        if name not in after.get(table, {})
    ]
    assert gone == []


def test_a_migration_keeps_the_types(step: tuple[Store, Shape, set[Any]]) -> None:
    store, before, _ = step
    after = _shape(store)
    changed = [
        (table, name)
        for table, columns in before.items()
        for name, column in columns.items()
        if type(after[table][name]["type"]) is not type(column["type"])
    ]
    assert changed == []


def test_a_migration_asks_nothing_of_those_who_do_not_know_it(step: tuple[Store, Shape, set[Any]]) -> None:
    """A new column of an old table has a default or may be empty; no old column becomes stricter."""
    store, before, _ = step
    asked = [
        (table, name)
        for table, columns in _shape(store).items()
        if table in before
        for name, column in columns.items()
        if not column["nullable"]
        and (before[table][name]["nullable"] if name in before[table] else column["default"] is None)
    ]
    assert asked == []


def test_a_migration_forbids_nothing_that_was_allowed(step: tuple[Store, Shape, set[Any]]) -> None:
    store, before, unique = step
    new = {(table, columns) for table, columns in _unique(store) - unique if table in before}
    assert new == set()
