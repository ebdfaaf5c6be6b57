"""How ffmpeg is called: one untrusted file in, one stream of bytes out, and no other file or address."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from worker.audio.cells import BARE, Cell, cells
from worker.audio.codecs import AUDIO_DECODERS
from worker.audio.jail import JailBroken, Output, OutputTooLong, run_jailed, stream_jailed

# Containers that hold their audio themselves: none of these demuxers opens a second file or an address.
_FORMATS: Final = (
    "wav,w64,aiff,au,caf,voc,nistsphere,sox,flac,ogg,mp3,aac,loas,latm,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,"
    "asf,amr,amrnb,amrwb,ac3,eac3,ape,wv,tta,mpc,mpc8,tak,dts,gsm,g722,qcp,avi,flv,mpegts,mpeg"
)
# What the system says to opening a link, or a socket.
_NO_FILE: Final = (errno.ELOOP, errno.EMLINK, errno.ENXIO)
_TRIAL_SECONDS: Final = 0.1
_TRIAL_BYTES: Final = 1600
"""What `_TRIAL_SECONDS` of 16-bit audio at 8 kHz are."""

CONTAINER: Final = ("-format_whitelist", _FORMATS)
"""Input options for a file that says itself what it is."""


class NotAFile(JailBroken):
    """What lies at a path is no ordinary file, and ffmpeg was not started on it."""


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor of the ordinary file ``path``. Raises NotAFile for a link, a pipe, a device, a folder."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise NotAFile from None
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotAFile
        yield descriptor
    finally:
        os.close(descriptor)


def stream_ffmpeg(
    path: Path,
    source: tuple[str, ...],
    output: tuple[str, ...],
    sink: Callable[[bytes], None],
    *,
    cpu_seconds: int,
) -> None:
    """Hand ``sink`` what ffmpeg makes of ``path`` with its input and output options. Raises JailBroken."""
    with opened(path) as given:
        command = _command(source, output)
        stream_jailed(command, sink, cpu_seconds=cpu_seconds, given=given, cell=strongest_cell(command[0]))


def run_ffmpeg(
    path: Path,
    source: tuple[str, ...],
    output: tuple[str, ...],
    *,
    max_output_bytes: int,
    cpu_seconds: int,
) -> bytes:
    """What ffmpeg makes of ``path`` with its input and output options. Raises JailBroken or OutputTooLong."""
    made = Output(max_output_bytes)
    stream_ffmpeg(path, source, output, made, cpu_seconds=cpu_seconds)
    return bytes(made.content)


@cache
def strongest_cell(program: str) -> Cell:
    """The strongest cell in which the ffmpeg ``program`` still works here; tried once in a process."""
    return next((cell for cell in cells()[:-1] if _works(cell, program)), BARE)


def _works(cell: Cell, program: str) -> bool:
    silence = ("-f", "lavfi", "-i", f"anullsrc=r=8000:cl=mono:d={_TRIAL_SECONDS}")
    command = [program, "-nostdin", "-loglevel", "quiet", *silence, "-f", "s16le", "pipe:1"]
    try:
        made = run_jailed(command, max_output_bytes=2 * _TRIAL_BYTES, cpu_seconds=10, cell=cell)
    except (JailBroken, OutputTooLong):
        return False
    return len(made) == _TRIAL_BYTES


def _command(source: tuple[str, ...], output: tuple[str, ...]) -> list[str]:
    # Here, because delivery workers import this code too and have no ffmpeg.
    import imageio_ffmpeg

    return [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1"),
        *("-protocol_whitelist", "fd", "-codec_whitelist", AUDIO_DECODERS, *source),
        # The file is open already: no name can be taken for another, and nothing else needs to be opened.
        *("-i", "fd:", *output),
        "pipe:1",
    ]
