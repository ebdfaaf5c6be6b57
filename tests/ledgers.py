"""Empty ledgers of the newest schema, as copies of one: all migrations anew for each test take long."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.store import Store
from shared.store.migrate import upgrade


def lay_ledger(folder: Path, name: str = "rollcall.db") -> Path:
    """The file of an empty SQLite ledger, new in ``folder``; by its usual name, services find it there."""
    path = folder / name
    path.write_bytes(_newest())
    return path


@cache
def _newest() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        store = Store(f"sqlite:///{path}")
        upgrade(store)
        store.close()
        return path.read_bytes()
