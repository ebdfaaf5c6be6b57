"""How a program is locked in: what this machine may offer for it, the strongest first."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from worker.audio.syscall_filter import syscall_filter

_MEMORY_BYTES: Final = 1 << 30
_OPEN_FILES: Final = 32
_ENTRY: Final = Path(__file__).with_name("jail_entry.py")
# Not through a virtual environment's link: isolated and without packages it starts in some 6 ms.
_INTERPRETER: Final = str(Path(sys.executable).resolve())
_DOOR: Final = (_INTERPRETER, "-I", "-S", "-B", str(_ENTRY))
# What a dynamically linked ffmpeg needs to start. No configuration and nobody's data is there.
_LIBRARIES: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")


@dataclass(frozen=True)
class Cell:
    """One way to lock a program in. Limits are in every one."""

    name: str
    syscalls: bytes = b""
    """A seccomp program; where there is one, root and the network are given up too."""
    readable: tuple[str, ...] = ()
    """The only files and folders that can be read, beside the program; empty for no such rule."""
    bwrap: str = ""
    """The bubblewrap that makes it, or empty."""

    def entering(self, command: Sequence[str], *, cpu_seconds: int) -> list[str]:
        """The command that locks itself in, with 1 GiB of memory, and becomes ``command``."""
        return [*_DOOR, *self.arguments(command, cpu_seconds=cpu_seconds)]

    def arguments(self, command: Sequence[str], *, cpu_seconds: int) -> list[str]:
        """What the door is told of all that."""
        limits = (str(_MEMORY_BYTES), str(cpu_seconds), str(_OPEN_FILES))
        walls = (self.syscalls.hex(), ":".join(self.readable), self.bwrap)
        return [*limits, *walls, *command]


def waiting_door(channel: int) -> list[str]:
    """The command of a door that is told on a channel, later, what to do."""
    return [*_DOOR, "--wait", str(channel)]


BARE: Final = Cell("limits")
"""Limits alone: they work everywhere."""


def cells() -> list[Cell]:
    """All that may work here, the strongest first; the last one does."""
    syscalls = syscall_filter()
    if not syscalls:
        return [BARE]
    filtered = [Cell("seccomp, landlock", syscalls, _LIBRARIES), Cell("seccomp", syscalls), BARE]
    bwrap = shutil.which("bwrap")
    return [Cell("bubblewrap, seccomp", syscalls, _LIBRARIES, bwrap), *filtered] if bwrap else filtered
