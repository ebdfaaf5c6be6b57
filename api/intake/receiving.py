"""Receiving a body into a temporary file, for no longer than a slow sender may take."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Request
from werkzeug.exceptions import ClientDisconnected

from api.intake.watchdog import Watchdog
from shared.errors import BodyIncomplete

CHUNK_BYTES = 256 * 1024
# Smaller bodies never touch the disk.
IN_MEMORY_BYTES = 1024 * 1024
WATCHDOG = Watchdog()


def receive(request: Request, deadline_seconds: float) -> IO[bytes]:
    """The body, in a file that is gone once closed. Raises BodyIncomplete, or werkzeug's 413."""
    spool = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
    try:
        with within_deadline(request, deadline_seconds):
            while chunk := request.stream.read(CHUNK_BYTES):
                spool.write(chunk)
        # The server ends the stream of a body that is cut short as if it were whole.
        if spool.tell() < (request.content_length or 0):
            raise BodyIncomplete(
                f"The body ended after {spool.tell()} of {request.content_length} bytes; send it again."
            )
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool


@contextmanager
def within_deadline(request: Request, seconds: float) -> Iterator[None]:
    """Stop receiving after the deadline, so that a sender of a byte a second does not keep a thread.

    A timeout of the socket would start anew with each byte. Shutting down the receiving half ends the
    read that waits, and leaves the sending half for our answer. Raises BodyIncomplete.
    """
    connection: socket.socket | None = request.environ.get("gunicorn.socket")

    late = threading.Event()

    def cut_off() -> None:
        late.set()
        with suppress(OSError):
            if connection is not None:
                connection.shutdown(socket.SHUT_RD)

    try:
        with WATCHDOG.watching(seconds, cut_off):
            yield
    except (ClientDisconnected, OSError):
        raise _incomplete(seconds) from None
    if late.is_set():
        raise _incomplete(seconds)


def _incomplete(seconds: float) -> BodyIncomplete:
    return BodyIncomplete(
        f"The body did not arrive whole within {seconds:.0f} s; send it faster, or the audio by url."
    )
