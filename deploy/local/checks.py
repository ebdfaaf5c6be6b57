"""What must hold before anything is started, each with a sentence for when it does not."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.settings import Settings


class CannotStart(Exception):
    """Starting would fail or do harm; the message says what to do."""


@contextmanager
def exclusive_data_dir(data_dir: Path) -> Iterator[None]:
    """Hold the data dir for this run. Raises CannotStart if another run holds it."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o700)
        lock = os.open(data_dir / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(f"{data_dir} cannot be used ({error.strerror}); set ROLLCALL_DATA_DIR.") from None
    try:
        _take(lock, data_dir)
        yield
    finally:
        os.close(lock)


def _take(lock: int, data_dir: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode().strip()
        raise CannotStart(
            f"process {holder} already runs on {data_dir}; stop it, or set another ROLLCALL_DATA_DIR."
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


def require_free_port(host: str, port: int) -> None:
    """Raises CannotStart if somebody listens on the gateway's port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"port {port} on {host} is taken ({error.strerror}); stop that, or set ROLLCALL_HTTP_PORT."
            ) from None


def require_models(settings: Settings) -> None:
    """Raises CannotStart if there is no model pack where the settings say."""
    if not (settings.pack_dir / "manifest.json").is_file():
        raise CannotStart(
            f"there is no model pack in {settings.pack_dir}; build it with `make models`, or set "
            "ROLLCALL_MODEL_PACK."
        )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
