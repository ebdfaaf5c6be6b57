"""Looking at a stack's processes, which come and go meanwhile."""

from contextlib import suppress

import psutil


def command_of(process: psutil.Process) -> list[str]:
    """Empty if the process, ffmpeg say, has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []
