"""Decode an untrusted recording: ffmpeg in a child process that may do little and not for long."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.audio_format import (
    FIXED_RATES_HERTZ,
    HEAD_BYTES,
    headerless_codec,
    looks_like_text,
    plain_wave_hertz,
    sniff,
)
from shared.errors import AudioEmpty, AudioTooLong, AudioUnreadable, InvalidField
from worker.audio.au_stream import AuStream, NotAnAuStream
from worker.audio.ffmpeg import CONTAINER, NotAFile, opened, stream_ffmpeg
from worker.audio.jail import JailBroken
from worker.audio.mixing import (
    MAX_CHANNELS,
    Mixdown,
    NoNumbers,
    OtherChannels,
    TooManyChannels,
    TooManySamples,
)
from worker.audio.plain_wave import read_plain_wave
from worker.audio.probing import probe
from worker.audio.timeline import keeps_clock, shift_seconds

SAMPLE_RATE_HERTZ: Final = 16_000
"""Rate of every array of samples in the worker."""

_READABLE: Final = "WAV, FLAC, MP3, OGG, M4A, WebM and most other audio formats can be read"
_HERTZ_LOWEST, _HERTZ_HIGHEST = 4_000, 192_000
_TRACK_HERTZ_LOWEST, _TRACK_HERTZ_HIGHEST = 1_000, 768_000
# Rounded timestamps differ by a millisecond or so from where the samples are; from 30 on it is a gap.
_GAP_SECONDS: Final = 0.03


def decode(
    path: Path, *, max_seconds: float, encoding: str = "", sample_rate_hertz: int = 0
) -> NDArray[np.float16]:
    """Samples of the first audio stream of ``path``, shape (num_samples,), mono, 16 kHz, within ±1.

    Sample ``n`` is heard ``n / 16000`` seconds after the recording's own beginning, whatever the codec's
    delay. ``encoding`` and ``sample_rate_hertz`` matter only for samples without a header.

    Raises AudioEmpty, AudioUnreadable, AudioTooLong, or InvalidField for a headerless rate of no use.
    """
    head = _head(path)
    if not head:
        raise AudioEmpty("content has no bytes: send the recording itself.", field="content")
    if looks_like_text(head):
        raise _unreadable("content is text, not audio")
    demuxer = headerless_codec(encoding, head)
    reading = _contained(path, head) if demuxer is None else _headerless(demuxer, sample_rate_hertz)
    samples = _mixed(path, reading, max_seconds)
    if not samples.size:
        raise AudioEmpty("content has no audio in it: send a recording that is not empty.", field="content")
    return samples


def _head(path: Path) -> bytes:
    try:
        with opened(path) as descriptor:
            return os.read(descriptor, HEAD_BYTES)
    except NotAFile:
        raise _unreadable("content is no ordinary file") from None


@dataclass(frozen=True)
class _Reading:
    """How one file is to be read."""

    source: tuple[str, ...]
    stream: int = 0
    shift_seconds: float = 0.0
    plain_wave: bool = False


def _contained(path: Path, head: bytes) -> _Reading:
    rate_hertz = plain_wave_hertz(head)
    if rate_hertz is not None:
        # It begins at zero, and no encoder put anything before it: one program less to start.
        _check_rate(rate_hertz)
        return _Reading(CONTAINER, plain_wave=True)
    track = probe(path)
    if track is None:
        return _Reading(CONTAINER)
    _check_rate(track.rate_hertz)
    container = sniff(head)
    clock = ("-copyts",) if keeps_clock(container, track) else ()
    return _Reading((*CONTAINER, *clock), track.index, shift_seconds(path, container, track))


def _check_rate(rate_hertz: int) -> None:
    # A header may say anything; far from what sounds have, resampling makes much out of little.
    if rate_hertz and not _TRACK_HERTZ_LOWEST <= rate_hertz <= _TRACK_HERTZ_HIGHEST:
        raise _unreadable(f"content has a sampling rate of {rate_hertz} Hz")


def _headerless(demuxer: str, sample_rate_hertz: int) -> _Reading:
    if demuxer in FIXED_RATES_HERTZ:
        return _Reading(("-f", demuxer))
    if not _HERTZ_LOWEST <= sample_rate_hertz <= _HERTZ_HIGHEST:
        raise InvalidField(
            f"sampleRate must be from {_HERTZ_LOWEST} to {_HERTZ_HIGHEST} Hz for audio without a header.",
            field="sampleRate",
        )
    return _Reading(("-f", demuxer, "-ar", str(sample_rate_hertz), "-ac", "1"))


def _mixed(path: Path, reading: _Reading, max_seconds: float) -> NDArray[np.float16]:
    mixdown = Mixdown(int(max_seconds * SAMPLE_RATE_HERTZ))
    _read(path, reading, max_seconds, mixdown)
    if (weights := mixdown.better_weights()) is not None:
        # Rare, and known only at the end: reading twice costs less than keeping every channel.
        mixdown = Mixdown(int(max_seconds * SAMPLE_RATE_HERTZ), weights)
        _read(path, reading, max_seconds, mixdown)
    try:
        return mixdown.samples()
    except NoNumbers:
        raise _unreadable("content has samples that are no numbers") from None


def _read(path: Path, reading: _Reading, max_seconds: float, mixdown: Mixdown) -> None:
    try:
        if not (reading.plain_wave and read_plain_wave(path, mixdown, sample_rate_hertz=SAMPLE_RATE_HERTZ)):
            _run_ffmpeg(path, reading, max_seconds, mixdown)
    except TooManySamples:
        raise AudioTooLong(
            f"content is longer than {max_seconds:g} seconds: send it in parts.", field="content"
        ) from None
    except TooManyChannels:
        raise _unreadable(f"content has more than {MAX_CHANNELS} channels") from None
    except (JailBroken, NotAnAuStream, OtherChannels):
        raise _unreadable("content is no audio that can be decoded") from None


def _run_ffmpeg(path: Path, reading: _Reading, max_seconds: float, mixdown: Mixdown) -> None:
    # Keeps time: gaps become silence, a late start too, and what a codec puts before zero is cut off.
    timing = f"aresample={SAMPLE_RATE_HERTZ}:async=1:min_hard_comp={_GAP_SECONDS}:first_pts=0"
    output = (
        *("-map", f"0:a:{reading.stream}", "-af", f"asetpts=PTS+({reading.shift_seconds:.6f})/TB,{timing}"),
        *("-ar", str(SAMPLE_RATE_HERTZ), "-c:a", "pcm_f32be", "-f", "au"),
    )
    cpu_seconds = 30 + int(max_seconds / 20)
    stream_ffmpeg(path, reading.source, output, AuStream(mixdown), cpu_seconds=cpu_seconds)


def _unreadable(what: str) -> AudioUnreadable:
    return AudioUnreadable(f"{what}: {_READABLE}.", field="content")
