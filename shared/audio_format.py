"""What the first bytes of a file say about it. Standard library only: the gateway asks too.

Four kilobytes are a good head: a stream of frames is only believed when a second frame follows the first.
"""

from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Final

HEADERLESS: Final = frozenset({"LINEAR16", "PCM", "MULAW", "ALAW", "GSM", "G722"})
"""Values of `encoding` that name samples without any container."""

HEAD_BYTES: Final = 4096
"""How much of a file's start is worth looking at."""

FIXED_RATES_HERTZ: Final = {"gsm": 8_000, "g722": 16_000}
"""Headerless codecs, by ffmpeg's name, whose rate is part of their definition."""

_DEMUXERS: Final = {
    "LINEAR16": "s16le",
    "PCM": "s16le",
    "MULAW": "mulaw",
    "ALAW": "alaw",
    "GSM": "gsm",
    "G722": "g722",
}

_SIGNATURES: Final = (
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (0, b"\x1a\x45\xdf\xa3", "webm"),
    (0, b"#!AMR", "amr"),
    (0, b".snd", "au"),
    (0, b"caff", "caf"),
    (0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "wma"),
    (0, b"riff\x2e\x91\xcf\x11", "w64"),
    (0, b"RF64", "wav"),
    (0, b"BW64", "wav"),
    (0, b"wvpk", "wavpack"),
    (0, b"MAC ", "ape"),
    (0, b"TTA1", "tta"),
    (0, b"MPCK", "musepack"),
    (0, b"FLV\x01", "flv"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"NIST_1A", "sphere"),
    (0, b"Creative Voice File", "voc"),
    (4, b"ftyp", "mp4"),
    (4, b"moov", "mp4"),
    (4, b"mdat", "mp4"),
    (4, b"wide", "mp4"),
    (8, b"WAVE", "wav"),
    (8, b"AIFF", "aiff"),
    (8, b"AIFC", "aiff"),
    (8, b"AVI ", "avi"),
)

# Kilobits per second by bitrate index, in the tables of ISO/IEC 11172-3 and 13818-3.
_MPEG1_KBPS: Final = {
    1: (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_MPEG2_KBPS: Final = {
    1: (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MPEG1_HERTZ: Final = (44_100, 48_000, 32_000)
_MPEG_HEADER_BYTES: Final = 4
_ADTS_HEADER_BYTES: Final = 7
_ADTS_RATES: Final = 13
_RESERVED: Final = 3
_BITRATE_FREE: Final = 0
_BITRATE_BAD: Final = 15
_TS_PACKET_BYTES: Final = 188
_TS_SYNC: Final = 0x47
_WAVE_HEADER_BYTES: Final = 44
# Integers, floats, A-law and µ-law: a sample is a sample. Other codecs in WAV may delay their sound.
_PLAIN_WAVE_TAGS: Final = (1, 3, 6, 7)


def sniff(head: bytes) -> str | None:
    """Name of the container or codec whose signature ``head`` (a file's first bytes) starts with, or None."""
    for offset, signature, name in _SIGNATURES:
        if head.startswith(signature, offset):
            return name
    if _repeats(head, _mpeg_frame_bytes):
        return "mp3"
    if _repeats(head, _adts_frame_bytes):
        return "aac"
    if len(head) > 2 * _TS_PACKET_BYTES and all(head[n * _TS_PACKET_BYTES] == _TS_SYNC for n in range(3)):
        return "mpegts"
    return None


def looks_like_text(head: bytes) -> bool:
    """True for HTML, JSON, a playlist or other readable UTF-8 at a file's start; False for empty bytes."""
    if not head or sniff(head):
        return False
    try:
        # The head may end inside a character, which is no fault of the file.
        text = getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return False
    return bool(text) and all(char.isprintable() or char in "\t\n\r\f" for char in text)


def headerless_codec(encoding: str, head: bytes) -> str | None:
    """ffmpeg's name (`s16le`, `mulaw`, `gsm`, …) for samples without a header, or None when a file has one.

    ``encoding`` is only a hint: clients call every WAV `MULAW`, so a signature in ``head`` overrules it.
    """
    demuxer = _DEMUXERS.get(encoding.strip().upper())
    return None if demuxer is None or sniff(head) else demuxer


def plain_wave_hertz(head: bytes) -> int | None:
    """The sampling rate that a WAV file of plain samples gives; None for any other file, or WAV file."""
    if len(head) < _WAVE_HEADER_BYTES or head[:4] != b"RIFF" or head[8:16] != b"WAVEfmt ":
        return None
    if int.from_bytes(head[20:22], "little") not in _PLAIN_WAVE_TAGS:
        return None
    return int.from_bytes(head[24:28], "little")


def _repeats(head: bytes, frame_bytes: Callable[[bytes], int | None]) -> bool:
    # Quiet headerless telephony is full of bytes that pass for a frame header, hardly ever for two in a row.
    first = frame_bytes(head)
    if first is None:
        return False
    following = head[first:]
    return len(following) < _ADTS_HEADER_BYTES or frame_bytes(following) is not None


def _mpeg_frame_bytes(head: bytes) -> int | None:
    """Length in bytes of the MPEG audio frame that ``head`` starts with, or None."""
    if len(head) < _MPEG_HEADER_BYTES or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bitrate_index, rate_index, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer > _RESERVED or rate_index == _RESERVED:
        return None
    if bitrate_index in (_BITRATE_FREE, _BITRATE_BAD):
        return None
    is_mpeg1 = version == _RESERVED
    hertz = _MPEG1_HERTZ[rate_index] // {3: 1, 2: 2, 0: 4}[version]
    bits_per_second = 1000 * (_MPEG1_KBPS if is_mpeg1 else _MPEG2_KBPS)[layer][bitrate_index]
    if layer == 1:
        return (12 * bits_per_second // hertz + padding) * 4
    samples_per_byte = 72 if layer == _RESERVED and not is_mpeg1 else 144
    return samples_per_byte * bits_per_second // hertz + padding


def _adts_frame_bytes(head: bytes) -> int | None:
    """Length in bytes of the AAC frame in ADTS framing that ``head`` starts with, or None."""
    if len(head) < _ADTS_HEADER_BYTES or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:  # noqa: PLR2004
        return None
    frame_bytes = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if head[2] >> 2 & 0xF >= _ADTS_RATES or frame_bytes <= _ADTS_HEADER_BYTES:
        return None
    return frame_bytes
