"""A door of the jail that stands open in advance: its interpreter has started when a recording comes.

Half of what a short recording waits for is the start of programs. The next door starts while the last
recording is listened to.
"""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from worker.audio.cells import waiting_door

# Message boundaries with an end that shows; other systems than Linux have no such sockets.
_CAN_WAIT = sys.platform == "linux"


@dataclass(frozen=True)
class _Door:
    process: "subprocess.Popen[bytes]"
    channel: socket.socket


class Doors:
    """Keeps one ready. It ends with this process: nobody holds the other end of its channel any more."""

    def __init__(self) -> None:
        self._ready: _Door | None = None
        self._lock = threading.Lock()

    def entered(self, arguments: Sequence[str], given: int) -> "subprocess.Popen[bytes] | None":
        """The child that goes in with these arguments of the door; None if no door is ready."""
        with self._lock:
            door, self._ready = self._ready, None
        if door is None:
            return None
        with door.channel:
            try:
                socket.send_fds(door.channel, ["\0".join(arguments).encode()], [given])
            except OSError:
                _close(door.process)
                return None
        return door.process

    def prepare(self) -> None:
        """Start a door if none is ready; for its start nobody waits, only for a process to be there.

        Not from a thread that ends: what is in the jail is killed with the thread that its process is from.
        """
        if not _CAN_WAIT:
            return
        with self._lock:
            if self._ready and self._ready.process.poll() is not None:
                with self._ready.process, self._ready.channel:
                    self._ready = None
            if self._ready is None:
                # A machine without room for a process has none for the recording either, which then says so.
                with suppress(OSError):
                    self._ready = _started()


def _started() -> _Door:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            waiting_door(theirs.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
            pass_fds=(theirs.fileno(),),
        )
    return _Door(process, ours)


def _close(process: "subprocess.Popen[bytes]") -> None:
    with process, suppress(ProcessLookupError):
        os.kill(process.pid, 9)
