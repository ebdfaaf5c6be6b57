"""``pytest --collect-only -p tests.end_to_end.list_provoked``: what tests provoke, one per line."""

import pytest

from tests.end_to_end.provoking import marked


def pytest_collection_finish(session: pytest.Session) -> None:
    """Print (code, dialect) of every mark."""
    for code, dialect in sorted({provoked for item in session.items for provoked in marked(item)}):
        print(f"provokes {code} {dialect}")  # noqa: T201
