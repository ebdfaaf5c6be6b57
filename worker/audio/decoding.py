"""Decode an untrusted recording: ffmpeg in a child process that may do little and not for long."""

from pathlib import Path
from typing import Final

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from shared.audio_format import HEAD_BYTES, headerless_codec, looks_like_text
from shared.errors import AudioEmpty, AudioTooLong, AudioUnreadable, InvalidField
from worker.audio.jail import JailBroken, OutputTooLong, run_jailed

SAMPLE_RATE_HERTZ: Final = 16_000
"""Rate of every array of samples in the worker."""

# Containers that hold their audio themselves: none of these demuxers opens a second file or an address.
_FORMATS: Final = (
    "wav,w64,aiff,au,caf,voc,nistsphere,sox,flac,ogg,mp3,aac,loas,latm,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,"
    "asf,amr,amrnb,amrwb,ac3,eac3,ape,wv,tta,mpc,mpc8,tak,dts,gsm,g722,qcp,avi,flv,mpegts,mpeg"
)
_READABLE: Final = "WAV, FLAC, MP3, OGG, M4A, WebM and most other audio formats can be read"
_FLOAT_BYTES: Final = 4
_HERTZ_LOWEST, _HERTZ_HIGHEST = 4_000, 192_000


def decode(
    path: Path, *, max_seconds: float, encoding: str = "", sample_rate_hertz: int = 0
) -> NDArray[np.float32]:
    """Samples of the first audio stream of ``path``, shape (num_samples,), mono, 16 kHz, within ±1.

    Sample ``n`` is heard ``n / 16000`` seconds after the recording's own beginning, whatever the codec's
    delay. ``encoding`` and ``sample_rate_hertz`` matter only for samples without a header.

    Raises AudioEmpty, AudioUnreadable, AudioTooLong, or InvalidField for a headerless rate of no use.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise AudioEmpty("content has no bytes: send the recording itself.", field="content")
    if looks_like_text(head):
        raise _unreadable("content is text, not audio")
    demuxer = headerless_codec(encoding, head)
    source = ["-format_whitelist", _FORMATS] if demuxer is None else _headerless(demuxer, sample_rate_hertz)
    samples = np.frombuffer(_run_ffmpeg(path, source, max_seconds), dtype="<f4")
    if not samples.size:
        raise AudioEmpty("content has no audio in it: send a recording that is not empty.", field="content")
    # A float WAV may carry anything; one NaN would silence every later mean.
    np.nan_to_num(samples, copy=False, nan=0.0)
    return np.clip(samples, -1.0, 1.0, out=samples)


def _headerless(demuxer: str, sample_rate_hertz: int) -> list[str]:
    if not _HERTZ_LOWEST <= sample_rate_hertz <= _HERTZ_HIGHEST:
        raise InvalidField(
            f"sampleRate must be from {_HERTZ_LOWEST} to {_HERTZ_HIGHEST} Hz for audio without a header.",
            field="sampleRate",
        )
    return ["-f", demuxer, "-ar", str(sample_rate_hertz), "-ac", "1"]


def _run_ffmpeg(path: Path, source: list[str], max_seconds: float) -> bytearray:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1"),
        *("-protocol_whitelist", "file,pipe", *source),
        # With its protocol written out, no file name can pass for another protocol or an option.
        *("-i", f"file:{path.resolve()}", "-map", "0:a:0"),
        # Keeps time: gaps become silence, a late start too, and what a codec puts before zero is cut off.
        *("-af", f"aresample={SAMPLE_RATE_HERTZ}:async=1:first_pts=0"),
        *("-ac", "1", "-ar", str(SAMPLE_RATE_HERTZ), "-f", "f32le", "pipe:1"),
    ]
    max_bytes = int(max_seconds * SAMPLE_RATE_HERTZ) * _FLOAT_BYTES
    try:
        return run_jailed(command, max_output_bytes=max_bytes, cpu_seconds=30 + int(max_seconds / 20))
    except OutputTooLong:
        raise AudioTooLong(
            f"content is longer than {max_seconds:g} seconds: send it in parts.", field="content"
        ) from None
    except JailBroken:
        raise _unreadable("content is no audio that can be decoded") from None


def _unreadable(what: str) -> AudioUnreadable:
    return AudioUnreadable(f"{what}: {_READABLE}.", field="content")
