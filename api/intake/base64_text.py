"""Decoding base64 piece by piece."""

import binascii
from collections.abc import Iterable, Iterator

import pybase64

from api.intake.json_body import LongText
from shared.errors import InvalidField

# JSON writers may escape the slash, and base64 writers break lines: both are dropped or undone.
_ESCAPES = ((b"\\/", b"/"), (b"\\n", b""), (b"\\r", b""))
_LINE_BREAKS = b"\r\n\t "
QUANTUM = 4


def decoded(text: str | LongText, field: str) -> Iterator[bytes]:
    """The bytes that ``text`` encodes in standard base64. Raises InvalidField."""
    chunks = text.chunks() if isinstance(text, LongText) else [text.encode(errors="replace")]
    try:
        yield from _decoded(chunks)
    except binascii.Error:
        raise InvalidField(
            f"{field} is not valid base64; encode the whole audio file with standard base64.", field=field
        ) from None


def _decoded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    left, padded = b"", False
    for chunk in chunks:
        text = left + chunk
        whole = len(text) // QUANTUM * QUANTUM
        try:
            piece, left = pybase64.b64decode(text[:whole], validate=True), text[whole:]
        except binascii.Error:
            # Rare, and to look for it first would take longer than to decode.
            text, cut = _plain(text)
            whole = len(text) // QUANTUM * QUANTUM
            piece, left = pybase64.b64decode(text[:whole], validate=True), text[whole:] + cut
        if padded and any(_plain(text)):
            raise binascii.Error("text after the padding")
        yield piece
        padded = text[:whole].endswith(b"=")
    if any(_plain(left)):
        raise binascii.Error("cut off")


def _plain(text: bytes) -> tuple[bytes, bytes]:
    """Base64's own characters, and an escape that the end of the chunk may have cut in two."""
    cut = b"\\" if text.endswith(b"\\") else b""
    text = text.removesuffix(cut) if cut else text
    if b"\\" in text:
        for escape, meaning in _ESCAPES:
            text = text.replace(escape, meaning)
    return text.translate(None, _LINE_BREAKS), cut
