"""The end of everything that a peer could draw out."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import requests


class Deadline:
    """Shuts its connections down when time is up, wherever they are: in a handshake, a header, a body.

    The timeouts of requests start anew with every byte that arrives.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._expired = False
        self._watched: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = self._timer_of(seconds)

    def remaining(self) -> float:
        """Seconds left; 0 once the deadline has passed."""
        return 0 if self._expired else max(0.0, self._ends_at - time.monotonic())

    def watch(self, connection: socket.socket) -> None:
        """Have a connection end by the deadline, at once if that has passed."""
        with self._lock:
            # TLS takes the descriptor away from the socket it was made of; a copy stays good.
            self._watched.append(connection.dup())
            if self._expired:
                self._shut_down()

    def require_time(self) -> None:
        """Raises Timeout once the deadline has passed: what came since may be cut off."""
        if not self.remaining():
            raise requests.Timeout("the deadline has passed")

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """The block must end sooner than the rest: after so many seconds, everything is cut off."""
        timer = self._timer_of(seconds)
        try:
            yield
        finally:
            timer.cancel()

    def close(self) -> None:
        """Let go of the connections."""
        self._timer.cancel()
        with self._lock:
            for connection in self._watched:
                connection.close()
            self._watched.clear()

    def _timer_of(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        return timer

    def _expire(self) -> None:
        with self._lock:
            self._expired = True
            self._shut_down()

    def _shut_down(self) -> None:
        for connection in self._watched:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
