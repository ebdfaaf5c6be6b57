"""Ogg pages, taken apart and put together again with a right checksum."""

import struct
from collections.abc import Iterator
from typing import Final

_HEADER: Final = struct.Struct("<4sBBqIIIB")
_MAGIC: Final = b"OggS"
_SERIAL_AT, _CHECKSUM_AT, _SEGMENTS_AT = 14, 22, 26


def _table() -> tuple[int, ...]:
    entries = []
    for byte in range(256):
        entry = byte << 24
        for _ in range(8):
            entry = (entry << 1 ^ (0x04C11DB7 if entry & 0x80000000 else 0)) & 0xFFFFFFFF
        entries.append(entry)
    return tuple(entries)


_TABLE: Final = _table()


def pages(content: bytes) -> Iterator[bytes]:
    """The pages of an Ogg file."""
    while content:
        lacing = content[_HEADER.size : _HEADER.size + content[_SEGMENTS_AT]]
        length = _HEADER.size + len(lacing) + sum(lacing)
        yield content[:length]
        content = content[length:]


def renumbered(page: bytes, serial: int) -> bytes:
    """``page`` as one of the logical stream ``serial``."""
    changed = bytearray(page)
    changed[_SERIAL_AT : _SERIAL_AT + 4] = serial.to_bytes(4, "little")
    return _signed(changed)


def mended(content: bytes) -> bytes:
    """``content`` with right checksums on what is left of its pages, so that damage is not seen at once."""
    first, *rest = content.split(_MAGIC)
    return b"".join([first, *(_mended(_MAGIC + page) for page in rest)])


def _mended(page: bytes) -> bytes:
    if len(page) < _HEADER.size:
        return page
    lacing = page[_HEADER.size : _HEADER.size + page[_SEGMENTS_AT]]
    length = _HEADER.size + len(lacing) + sum(lacing)
    return _signed(bytearray(page[:length])) + page[length:]


def _signed(changed: bytearray) -> bytes:
    changed[_CHECKSUM_AT : _CHECKSUM_AT + 4] = bytes(4)
    checksum = 0
    for byte in changed:
        checksum = (checksum << 8 & 0xFFFFFFFF) ^ _TABLE[checksum >> 24 ^ byte]
    changed[_CHECKSUM_AT : _CHECKSUM_AT + 4] = checksum.to_bytes(4, "little")
    return bytes(changed)
