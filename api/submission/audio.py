"""What a request says of its audio, checked as far as that goes without decoding it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from shared.audio_format import HEAD_BYTES, headerless_codec, looks_like_text
from shared.domain import AUDIO_FIELD
from shared.egress import EgressGuard
from shared.errors import AudioEmpty, AudioUnreadable, ContentTooLarge

# Smaller recordings never touch the disk.
IN_MEMORY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class StagedAudio:
    """Audio bytes that were received, in a temporary file that goes when it is closed."""

    file: IO[bytes]
    size_bytes: int
    sha256: str
    field: str = "content"

    def head(self) -> bytes:
        """The first bytes, which tell a format."""
        self.file.seek(0)
        return self.file.read(HEAD_BYTES)


@dataclass(frozen=True)
class AudioInput:
    """Audio as bytes or as a url, never both; ``encoding`` and rate are the caller's hints."""

    content: StagedAudio | None
    url: str | None
    encoding: str
    sample_rate_hertz: int

    def digest(self) -> str:
        """Names the audio: equal for equal requests."""
        return self.content.sha256 if self.content else hashlib.sha256(str(self.url).encode()).hexdigest()

    def wording(self) -> dict[str, str]:
        """What a job must know to name the audio as its caller did."""
        return {AUDIO_FIELD: self.content.field} if self.content else {}


def stage(chunks: Iterable[bytes], *, field: str, max_bytes: int) -> StagedAudio:
    """Write audio to a temporary file as it comes. Raises ContentTooLarge."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - whoever stages it closes it
    digest, size_bytes = hashlib.sha256(), 0
    try:
        for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > max_bytes:
                raise too_large(field, max_bytes)
            digest.update(chunk)
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    return StagedAudio(file, size_bytes, digest.hexdigest(), field)


def too_large(field: str, max_bytes: int) -> ContentTooLarge:
    """The error for audio above the limit."""
    return ContentTooLarge(
        f"{field} holds more than {max_bytes} bytes of audio; send it compressed, in parts, or by url.",
        field=field,
    )


def check_audio(audio: AudioInput, guard: EgressGuard) -> None:
    """Refuse what cannot be audio. Raises AudioEmpty, AudioUnreadable, InvalidField or EgressDenied."""
    if audio.url is not None:
        guard.check_url(audio.url, "url")
        return
    field = audio.content.field if audio.content else "content"
    if audio.content is None or not audio.content.size_bytes:
        raise AudioEmpty(f"{field} is empty; send the bytes of an audio file.", field=field)
    head = audio.content.head()
    if headerless_codec(audio.encoding, head) is None and looks_like_text(head):
        raise AudioUnreadable(f"{field} is text, not audio; send the bytes of an audio file.", field=field)
