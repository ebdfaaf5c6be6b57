"""Damage to a file, repeatable by its seed: of a line, of a disk, and of somebody who means it."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

_MOST_STEPS: Final = 4
_MOST_BYTES: Final = 1 << 20
_HEADER_BYTES: Final = 512
_LONGEST_RANGE: Final = 4096
# Where programs count wrong: nothing, one, signs, ends of ranges, and just beside them.
_NUMBERS: Final = (
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    0x7FFFFFFF,
    0x80000000,
    2**32 - 1,
)
_WIDTHS: Final = (1, 2, 4, 8)
_NO_NUMBERS: Final = (b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\x00\x00\x80\xff", b"\x7f\xc0\x00\x00")

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]


def mutated(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """``content``, damaged in one to four ways and up to 1 MiB; ``others`` are files to splice pieces of."""
    for _ in range(random.randint(1, _MOST_STEPS)):
        content = random.choice(MUTATIONS)(random, content, others)[:_MOST_BYTES]
    return content


def flip_bits(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Turns up to 64 bits, anywhere."""
    damaged = bytearray(content)
    for _ in range(random.randint(1, 64) if damaged else 0):
        damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def edit_header(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Writes a number that is hard to count with over some fields near the beginning."""
    damaged = bytearray(content)
    for _ in range(random.randint(1, 4)):
        number, width = random.choice(_NUMBERS), random.choice(_WIDTHS)
        at = random.randrange(min(len(damaged), _HEADER_BYTES) + 1)
        written = (number % 256**width).to_bytes(width, random.choice(("little", "big")))
        damaged[at : at + width] = written
    return bytes(damaged)


def truncate(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Keeps the first part; more often than not most of it."""
    return content[: int(len(content) * random.random() ** 0.3)]


def behead(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Loses its first bytes."""
    return content[random.randint(1, _HEADER_BYTES) :]


def splice(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Goes on as another file, from a place of that one's own."""
    other = random.choice(others)
    return content[: random.randint(0, len(content))] + other[random.randint(0, len(other)) :]


def wrap(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Carries another file's beginning before it."""
    return random.choice(others)[: random.randint(4, _HEADER_BYTES)] + content


def repeat_range(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Says a part of itself again, a few times or very often."""
    start, end = _range(random, content)
    times = random.choice((2, 3, 10, 1000))
    return content[:end] + (content[start:end] * times)[:_MOST_BYTES] + content[end:]


def drop_range(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Has a hole that nothing marks."""
    start, end = _range(random, content)
    return content[:start] + content[end:]


def fill_range(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Has noise, zeros, ones, or what is no number over a part of it."""
    start, end = _range(random, content)
    pattern = random.choice((b"\x00", b"\xff", random.randbytes(97), *_NO_NUMBERS))
    return content[:start] + (pattern * (end - start))[: end - start] + content[end:]


def insert_noise(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Has something in between that does not belong there."""
    at = random.randint(0, len(content))
    return content[:at] + random.randbytes(random.randint(1, _LONGEST_RANGE)) + content[at:]


MUTATIONS: Final[tuple[Mutation, ...]] = (
    *(flip_bits, edit_header, edit_header, truncate, behead, splice, wrap),
    *(repeat_range, drop_range, fill_range, insert_noise),
)
"""Every kind; the header is damaged twice as often, since most of what follows hangs on it."""


def _range(random: Random, content: bytes) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.randint(1, _LONGEST_RANGE))
