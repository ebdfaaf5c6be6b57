"""Files that are made to exhaust: much out of little, and counts that nobody can mean."""

import struct
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.formats.marked import ffmpeg
from tests.security import ogg

HUGE: Final = 0xFFFFFFFF
_HOURS_SECONDS: Final = 2 * 3600
_LINKS: Final = 3000


def encoded(name: str, *options: str, source: str = "anullsrc=r=8000:cl=mono", seconds: float = 1) -> bytes:
    """What ffmpeg makes of ``seconds`` of its generator ``source``, by default of silence."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        ffmpeg("-t", str(seconds), "-f", "lavfi", "-i", source, *options, str(path))
        return path.read_bytes()


def wav(
    data: bytes = bytes(16_000),
    *,
    codec: int = 1,
    channels: int = 1,
    rate: int = 16_000,
    bits: int = 16,
    claimed: int | None = None,
) -> bytes:
    """A WAV file whose header says what it is told to; ``claimed`` is the length of ``data`` it gives."""
    frame = channels * bits // 8
    layout = struct.pack("<HHIIHH", codec, channels, rate, rate * frame & HUGE, min(frame, 0xFFFF), bits)
    size = len(data) if claimed is None else claimed
    chunks = b"WAVEfmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", min(size + 36, HUGE)) + chunks


def au(*, rate: int = 16_000, channels: int = 1, data: bytes = bytes(16_000)) -> bytes:
    """A Sun audio file of 16-bit samples."""
    return b".snd" + struct.pack(">IIIII", 24, HUGE, 3, rate, channels) + data


def chained_ogg() -> bytes:
    """One recording after another, each a stream of its own."""
    link = list(ogg.pages(encoded("a.opus", seconds=0.02)))
    return b"".join(ogg.renumbered(page, number) for number in range(_LINKS) for page in link)


def crowded_ogg() -> bytes:
    """All streams at once: every one begins before the first goes on."""
    begin, *rest = ogg.pages(encoded("a.opus", seconds=0.02))
    beginnings = [ogg.renumbered(begin, number) for number in range(_LINKS)]
    return b"".join([*beginnings, *(ogg.renumbered(page, 0) for page in rest)])


def id3(size: int, body: bytes = b"") -> bytes:
    """The tag of an MP3 file that claims ``size`` bytes."""
    return b"ID3\x04\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + body


def box(kind: bytes, body: bytes) -> bytes:
    """A box of an MP4 file."""
    return struct.pack(">I", len(body) + 8) + kind + body


def nested_boxes() -> bytes:
    """Boxes in boxes, deeper than anybody's stack should be."""
    body = b""
    for _ in range(10_000):
        body = box(b"moov", body)
    return box(b"ftyp", b"isom\x00\x00\x02\x00isom") + body


def elsewhere_mov() -> bytes:
    """A film that says its sound lies in another file."""
    film = encoded("a.mov", "-c:a", "pcm_s16le")
    link = b"url \x00\x00\x00\x00file:///etc/passwd\x00"
    here = box(b"url ", b"\x00\x00\x00\x01")
    return film.replace(here, struct.pack(">I", len(link) + 4) + link)


def counted_mp4() -> bytes:
    """A film with as many pieces in its tables as a number can say."""
    film = bytearray(encoded("a.m4a"))
    for table in (b"stts", b"stsc", b"stsz", b"stco", b"elst"):
        if (at := film.find(table)) >= 0:
            count_at = at + (12 if table == b"stsz" else 8)
            film[count_at : count_at + 4] = b"\x7f\xff\xff\xff"
    return bytes(film)


def late_jump() -> bytes:
    """A moment of sound, and the next one a day later by its clock."""
    return encoded("a.mkv", "-af", "asetpts='PTS+gt(T,0.5)*86400/TB'", "-c:a", "pcm_s16le")


def flac_of_ages() -> bytes:
    """A FLAC file that claims all the samples its header can."""
    content = bytearray(encoded("a.flac"))
    content[21] |= 0x0F
    content[22:26] = b"\xff\xff\xff\xff"
    return bytes(content)


LONG: Final[dict[str, Callable[[], bytes]]] = {
    "hours of silence, FLAC": lambda: encoded("a.flac", seconds=_HOURS_SECONDS),
    "hours of silence, Opus": lambda: encoded("a.opus", "-b:a", "6k", seconds=60) * 180,
    "hours of silence, MP3": lambda: encoded("a.mp3", "-b:a", "8k", "-write_xing", "0", seconds=60) * 180,
    "hours of silence, AAC": lambda: encoded("a.aac", "-b:a", "8k", seconds=60) * 180,
    "hours of silence, WavPack": lambda: encoded("a.wv", seconds=_HOURS_SECONDS),
    "hours of silence, ALAC": lambda: encoded("a.m4a", "-c:a", "alac", seconds=_HOURS_SECONDS),
    "a day at one sample a second": lambda: wav(bytes(2 * 86_400), rate=1),
    "a day at a thousand samples a second": lambda: wav(bytes(1000 * 3600), rate=1000, bits=8),
    "a pause of a day": late_jump,
}
"""What plays longer than anybody may send."""

LYING: Final[dict[str, Callable[[], bytes]]] = {
    "WAV that claims 4 GB": lambda: wav(claimed=HUGE - 64),
    "FLAC that claims all it can": flac_of_ages,
    "WAV of 65535 channels": lambda: wav(bytes(1 << 20), channels=0xFFFF),
    "WAV of 500 channels": lambda: wav(bytes(1 << 20), channels=500),
    "WAV without channels": lambda: wav(channels=0),
    "WAV without a rate": lambda: wav(rate=0),
    "WAV of 4 GHz": lambda: wav(rate=HUGE),
    "WAV of no bits": lambda: wav(bits=0),
    "AU of 2^31 channels": lambda: au(channels=1 << 31),
    "AU without channels": lambda: au(channels=0),
    "AU of 1 Hz": lambda: au(rate=1),
    "AU of 2 GHz": lambda: au(rate=0x7FFFFFFF),
    "floats that are no numbers": lambda: wav(b"\x00\x00\xc0\x7f" * 8000, codec=3, bits=32),
    "infinite floats": lambda: wav(b"\x00\x00\x80\x7f" * 8000, codec=3, bits=32),
    "a tag of 256 MB that is not there": lambda: id3((1 << 28) - 1),
    "a tag of 8 MB and no sound": lambda: id3(8 << 20, bytes(8 << 20)),
    "a hundred thousand empty tags": lambda: id3(0) * 100_000,
    "boxes in boxes": nested_boxes,
    "tables of 2^31 entries": counted_mp4,
    "a film whose sound is elsewhere": elsewhere_mov,
    "thousands of Ogg streams in a row": chained_ogg,
    "thousands of Ogg streams at once": crowded_ogg,
    "nothing": lambda: b"",
    "one byte": lambda: b"\x00",
    "pictures only": lambda: encoded("a.avi", "-c:v", "mpeg4", source="color=size=64x64"),
}
"""What says of itself what cannot be."""
