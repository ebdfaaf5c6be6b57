"""What must hold before anything is started, each with a sentence for when it does not."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from shared.settings import Settings


class CannotStart(Exception):
    """Starting would fail or do harm; the message says what to do."""


@contextmanager
def exclusive_data_dir(data_dir: Path) -> Iterator[None]:
    """Hold the data dir for this run. Raises CannotStart if another run holds it."""
    try:
        # The mode is for a folder of ours; one that was there before may serve others as well.
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data_dir / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(f"{data_dir} cannot be used ({error.strerror}); set ROLLCALL_DATA_DIR.") from None
    try:
        _take(lock, data_dir)
        # A process that is forked off must not hold the data dir when this one is gone.
        os.register_at_fork(after_in_child=lambda: _close_quietly(lock))
        yield
    finally:
        os.close(lock)


def _close_quietly(descriptor: int) -> None:
    with suppress(OSError):
        os.close(descriptor)


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


def require_free_port(host: str, port: int, variable: str) -> None:
    """Raises CannotStart if somebody listens on a port, which ``variable`` would change."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            if not isinstance(error, OSError) or error.errno != errno.EADDRINUSE:
                raise CannotStart(
                    f"{host} port {port} cannot be listened on ({error}); see ROLLCALL_HTTP_HOST."
                ) from None
            raise CannotStart(
                f"port {port} on {host} is taken ({error.strerror}); stop that, or set {variable}."
            ) from None


def require_models(settings: Settings) -> None:
    """Raises CannotStart if there is no model pack where the settings say."""
    # A worker fetches community-1 as it starts; it says itself what it lacks.
    kinds = ("manifest.json", "config.yaml")
    if settings.model_pack != "community-1" and not any((settings.pack_dir / one).is_file() for one in kinds):
        how = "build it with `make models`" if settings.model_pack == "embedded" else "put it there"
        raise CannotStart(
            f"there is no model pack in {settings.pack_dir}; {how}, or set ROLLCALL_MODEL_PACK."
        )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_ready(url: str) -> bool:
    """Whether the gateway at ``url`` answers that gateway, Redis and a worker with its models are there."""
    try:
        return requests.get(f"{url}/readyz", timeout=5).ok
    except requests.RequestException:
        return False
