"""The service that `make run` runs on this machine: its address and key, found where it keeps its data."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

DATA_DIR = ".rollcall"
DEFAULT_PORT = "8000"
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class LocalService:
    """A data dir, and what it says of the service."""

    folder: Path
    url: str
    api_key: str = field(repr=False)


def find_local_service(environment: Mapping[str, str], here: Path) -> LocalService | None:
    """The service whose data is nearest: as ROLLCALL_DATA_DIR says, here or above, or in this checkout."""
    is_chosen = bool(environment.get("ROLLCALL_DATA_DIR"))
    for folder in _folders(environment, here):
        key = environment.get("ROLLCALL_BOOTSTRAP_API_KEY") or _line_of(folder / "api_key")
        if key and folder.is_dir() and (is_chosen or _is_own(folder)):
            port = environment.get("ROLLCALL_HTTP_PORT") or DEFAULT_PORT
            return LocalService(folder, _line_of(folder / "url") or f"http://127.0.0.1:{port}", key)
    return None


def _folders(environment: Mapping[str, str], here: Path) -> Iterator[Path]:
    chosen = environment.get("ROLLCALL_DATA_DIR")
    if chosen:
        yield here / chosen
        return
    yield from (folder / DATA_DIR for folder in (here, *here.parents))
    yield CHECKOUT / DATA_DIR


def _is_own(folder: Path) -> bool:
    """Whoever can write to a folder above, as to /tmp, could else have keys and recordings sent to him."""
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def _line_of(path: Path) -> str:
    """The file's text; empty if there is none that may be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
