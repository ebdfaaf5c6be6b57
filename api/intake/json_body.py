"""Parsing JSON whose long strings stay in their file.

Outside of strings JSON has no quotation marks, so its strings can be found by their marks alone. Long
ones are taken out and left where they are; what remains is small, and is parsed by the standard library.
"""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from shared.errors import MalformedBody

CHUNK_BYTES = 1024 * 1024
LONG_BYTES = 64 * 1024
# JSON without its long strings: fields, not files.
MOST_REMAINING_BYTES = 4 * 1024 * 1024
# Possessive, so that a megabyte of text needs no memory for going back.
_INSIDE = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)


@dataclass(frozen=True)
class LongText:
    """A string that is still in the body's file, between two offsets, with JSON's escapes in it."""

    file: IO[bytes]
    start: int
    end: int

    def chunks(self) -> Iterator[bytes]:
        """Its bytes as they stand in the file."""
        self.file.seek(self.start)
        left = self.end - self.start
        while left > 0:
            chunk = self.file.read(min(CHUNK_BYTES, left))
            left -= len(chunk)
            yield chunk


def parse_json(file: IO[bytes]) -> dict[str, Any]:
    """The object in ``file``; a long string that is the value of a field becomes a LongText.

    Raises MalformedBody, also for a long string anywhere else.
    """
    spans = list(_long_strings(file))
    # Random, so that no caller can write a mark himself.
    mark = secrets.token_hex(16)
    try:
        parsed = json.loads(_without(file, spans, mark))
    except (ValueError, RecursionError):
        raise MalformedBody("The body is not valid JSON; send one JSON object.") from None
    if not isinstance(parsed, dict):
        raise MalformedBody("The body must be one JSON object, with its fields by name.")
    long_texts = {f"{mark}{number}": LongText(file, *span) for number, span in enumerate(spans)}
    fields = {name: _restored(value, long_texts) for name, value in parsed.items()}
    if sum(isinstance(value, LongText) for value in fields.values()) < len(spans):
        raise _too_much()
    return fields


def _long_strings(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Offsets of the contents of strings above LONG_BYTES."""
    position, start = 0, None
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        index = 0
        while index < len(chunk):
            if start is None:
                quote = chunk.find(b'"', index)
                if quote < 0:
                    break
                index, start = quote + 1, position + quote + 1
                continue
            index = _end_of_text(chunk, index)
            if index == len(chunk) or chunk[index] != ord('"'):
                break  # the string goes on in the next chunk, perhaps with an escape cut in two
            if position + index - start > LONG_BYTES:
                yield start, position + index
            index, start = index + 1, None
        # A backslash that ends the chunk is read again with what follows it.
        again = 1 if start is not None and index == len(chunk) - 1 and chunk.endswith(b"\\") else 0
        if again and len(chunk) == 1:
            return
        position += len(chunk) - again
        file.seek(position)


def _end_of_text(chunk: bytes, index: int) -> int:
    """Where a string's text ends, or is cut off by the chunk: before its mark, or before half an escape."""
    mark = chunk.find(b'"', index)
    end = mark if mark >= 0 else len(chunk)
    if chunk.find(b"\\", index, end) < 0:
        return end  # base64 has no escapes, and finding a byte is many times as fast as matching each
    inside = _INSIDE.match(chunk, index)
    return inside.end() if inside else index


def _without(file: IO[bytes], spans: list[tuple[int, int]], mark: str) -> str:
    """The body with a mark in the place of each long string."""
    pieces: list[str] = []
    position = remaining = 0
    for number, (start, end) in enumerate([*spans, (-1, -1)]):
        file.seek(position)
        piece = file.read(start - position if start >= 0 else MOST_REMAINING_BYTES + 1)
        remaining += len(piece)
        if remaining > MOST_REMAINING_BYTES:
            raise _too_much()
        pieces.append(piece.decode("utf-8"))
        if start >= 0:
            pieces.append(f"{mark}{number}")
            position = end
    return "".join(pieces)


def _restored(value: Any, long_texts: dict[str, LongText]) -> Any:
    return long_texts.get(value, value) if isinstance(value, str) else value


def _too_much() -> MalformedBody:
    return MalformedBody("The body has too much besides its audio; send only the documented fields.")
