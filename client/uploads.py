"""Audio on its way to the service: read while it is sent, never whole in memory."""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO

from urllib3.fields import RequestField

from client.errors import UnusableAudio

CHUNK_BYTES = 256 * 1024

Audio = Path | str | bytes | BinaryIO
"""A file, the address of one (a string that begins with http:// or https://), its bytes, or an open file."""


class FormUpload:
    """A multipart form with one file. Source: RFC 7578.

    ``len`` is what requests asks for: with 0, which is not known, the body goes in chunks without a length.
    """

    def __init__(self, audio: Path | bytes | BinaryIO, fields: Mapping[str, str | Sequence[str]]) -> None:
        self._audio = audio
        self._begun = False
        self._beginning = 0 if isinstance(audio, Path | bytes) or not audio.seekable() else audio.tell()
        boundary = token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        parts = [
            f"{_opening(boundary, RequestField(name, value))}{value}\r\n"
            for name, values in fields.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        file = RequestField("file", b"", filename=_file_name(audio))
        self._head = "".join([*parts, _opening(boundary, file)]).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        size = _size_bytes(audio)
        self.len = 0 if size is None else len(self._head) + size + len(self._tail)

    @property
    def can_be_sent_again(self) -> bool:
        """A pipe that was begun cannot."""
        return not self._begun or isinstance(self._audio, Path | bytes) or self._audio.seekable()

    def from_the_start(self) -> "FormUpload":
        """This, with an open file set back to where it was."""
        if self._begun and not isinstance(self._audio, Path | bytes):
            self._audio.seek(self._beginning)
        self._begun = True
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        yield from _chunks(self._audio)
        yield self._tail


def url_of(audio: Audio) -> str | None:
    """The address, if audio is one."""
    is_url = isinstance(audio, str) and audio.lower().startswith(("http://", "https://"))
    return str(audio) if is_url else None


def file_of(audio: Audio) -> Path | bytes | BinaryIO:
    """Audio that is no address; a file is there and can be read. Raises UnusableAudio."""
    if not isinstance(audio, str | Path):
        return audio
    path = Path(audio)
    if path.is_dir():
        raise UnusableAudio(f"{path} is a folder; name a recording.")
    try:
        if path.exists() and not path.is_file():
            return path.open("rb")  # a named pipe gives what it has once
        with path.open("rb") as file:
            if not file.read(1):
                raise UnusableAudio(f"{path} is empty.")
    except OSError as error:
        raise _unreadable(path, error) from None
    return path


def _chunks(audio: Path | bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(audio, bytes):
        audio = io.BytesIO(audio)
    if isinstance(audio, Path):
        try:
            with audio.open("rb") as file:
                yield from _chunks(file)
        except OSError as error:
            # As it is, requests would take it for a connection's.
            raise _unreadable(audio, error) from None
        return
    # A pipe gives what is there: to wait until a chunk is full would hold up a live one.
    read = getattr(audio, "read1", audio.read)
    while chunk := read(CHUNK_BYTES):
        yield chunk


def _size_bytes(audio: Path | bytes | BinaryIO) -> int | None:
    """None for a pipe."""
    if isinstance(audio, bytes):
        return len(audio)
    if isinstance(audio, Path):
        try:
            return audio.stat().st_size
        except OSError as error:
            raise _unreadable(audio, error) from None
    if not audio.seekable():
        return None
    here = audio.tell()
    size = audio.seek(0, os.SEEK_END) - here
    audio.seek(here)
    return size


def _file_name(audio: Any) -> str:
    name = audio if isinstance(audio, Path) else getattr(audio, "name", "audio")
    # A file system may have names that are no text.
    text = Path(name).name if isinstance(name, str | Path) else "audio"
    return text.encode(errors="replace").decode()


def _opening(boundary: str, field: RequestField) -> str:
    """What stands before a part's value."""
    field.make_multipart()
    return f"--{boundary}\r\n{field.render_headers()}"


def _unreadable(path: Path, error: OSError) -> UnusableAudio:
    return UnusableAudio(f"{path} cannot be read: {error.strerror or type(error).__name__}.")
