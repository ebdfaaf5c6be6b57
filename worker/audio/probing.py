"""Which of a file's streams is the recording, and when it begins: told by the first packets, undecoded."""

from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

from worker.audio.ffmpeg import CONTAINER, run_ffmpeg, stream_ffmpeg
from worker.audio.jail import JailBroken, OutputTooLong

_CPU_SECONDS: Final = 20
_MAX_LISTING_BYTES: Final = 1 << 20
_MAX_PACKET_BYTES: Final = 1 << 20
_MOST_DIGITS: Final = 10
_UNKNOWN_CODECS: Final = frozenset({"none", "unknown"})
# Copies packets and lists their times. Audio comes first, so it is counted from 0; cover art has no time.
_LISTING: Final = ("-map", "0:a", "-map", "0:V?", "-c", "copy", "-copy_unknown", "-f", "framecrc")
_DELAY_DECLARED: Final = "Skip Samples"


@dataclass(frozen=True)
class Track:
    """The first audio stream of a file that has packets of a known codec."""

    index: int
    """Its place among the file's audio streams, from 0."""
    codec: str
    rate_hertz: int
    start_seconds: float
    """When its first packet is due, on the container's clock; below zero for what is to be cut off."""
    file_start_seconds: float
    """When the earliest stream of the file begins, pictures too."""
    declares_delay: bool
    """Whether the container says how much of the beginning is the codec's delay."""


def probe(path: Path) -> Track | None:
    """The track of ``path`` that holds the recording, or None where the listing names none."""
    listing = _Listing()
    with suppress(JailBroken, OutputTooLong, _Seen):
        stream_ffmpeg(path, (*CONTAINER, "-copyts"), _LISTING, listing, cpu_seconds=_CPU_SECONDS)
    return listing.track()


def first_packet(path: Path, track: Track) -> bytes:
    """The first packet of ``track`` as the file has it; empty where it cannot be had."""
    output = ("-map", f"0:a:{track.index}", "-frames:a", "1", "-c", "copy", "-f", "data")
    try:
        limits = {"max_output_bytes": _MAX_PACKET_BYTES, "cpu_seconds": _CPU_SECONDS}
        return run_ffmpeg(path, CONTAINER, output, **limits)
    except (JailBroken, OutputTooLong):
        return b""


class _Seen(Exception):
    """Enough of the listing was read."""


@dataclass
class _Listing:
    """Reads what ffmpeg's framecrc format says: lines `#key stream: value`, then one line a packet."""

    rest: str = ""
    length_bytes: int = 0
    said: dict[tuple[str, int], str] = field(default_factory=dict)
    packets: dict[int, str] = field(default_factory=dict)

    def __call__(self, chunk: bytes) -> None:
        self.length_bytes += len(chunk)
        *lines, self.rest = (self.rest + chunk.decode(errors="replace")).split("\n")
        for line in lines:
            self._read(line)
        if self.length_bytes > _MAX_LISTING_BYTES:
            raise OutputTooLong

    def track(self) -> Track | None:
        """What was found so far."""
        sounding = [n for n in self._audio() if n in self.packets]
        if not sounding:
            return None
        chosen = sounding[0]
        starts = [start for n in self.packets if (start := self._start_seconds(n)) is not None]
        start = self._start_seconds(chosen) or 0.0
        return Track(
            index=chosen,
            codec=self.said["codec_id", chosen],
            rate_hertz=_number(self.said.get(("sample_rate", chosen), "")) or 0,
            start_seconds=start,
            file_start_seconds=min(starts, default=0.0),
            declares_delay=start < 0 or _DELAY_DECLARED in self.packets[chosen],
        )

    def _read(self, line: str) -> None:
        if line.startswith("#"):
            key, _, rest = line[1:].partition(" ")
            said_number, colon, value = rest.partition(": ")
            if colon and (number := _number(said_number)) is not None:
                self.said[key, number] = value
            return
        said_number, _, packet = line.partition(",")
        if (number := _number(said_number)) is not None:
            self.packets.setdefault(number, packet)
            first_known = next(iter(self._audio()), None)
            if first_known in self.packets:
                raise _Seen

    def _audio(self) -> list[int]:
        kinds = ((n, kind) for (key, n), kind in self.said.items() if key == "media_type")
        known = [n for n, kind in kinds if kind == "audio"]
        return [n for n in known if self.said.get(("codec_id", n), "none") not in _UNKNOWN_CODECS]

    def _start_seconds(self, stream: int) -> float | None:
        try:
            due = int(self.packets[stream].split(",")[1])
            return float(due * Fraction(self.said["tb", stream]))
        except (ValueError, IndexError, KeyError, ArithmeticError):
            return None


def _number(said: str) -> int | None:
    # A decoder that somebody has taken over says what he likes: no sum should take long, or fail.
    return int(said) if said.isdecimal() and len(said) <= _MOST_DIGITS else None
