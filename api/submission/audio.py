"""What a request says of its audio, checked as far as that goes without decoding it."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from shared.audio_format import headerless_codec, looks_like_text
from shared.egress import EgressGuard
from shared.errors import AudioEmpty, AudioUnreadable, ContentTooLarge, InvalidField

SNIFFED_BYTES = 4096


@dataclass(frozen=True)
class AudioInput:
    """Audio as bytes or as a url, never both; ``encoding`` and rate are the caller's hints."""

    content: bytes | None
    url: str | None
    encoding: str
    sample_rate_hertz: int

    def digest(self) -> str:
        """Names the audio: equal for equal requests."""
        source = self.content if self.content is not None else str(self.url).encode()
        return hashlib.sha256(source).hexdigest()


def decode_base64(text: str, *, field: str, max_bytes: int) -> bytes:
    """The bytes of base64 text; line breaks in it are allowed, as encoders like to add them.

    Raises InvalidField, or ContentTooLarge before anything is decoded.
    """
    if len(text) * 3 // 4 > max_bytes + 2:
        raise too_large(field, max_bytes)
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidField(
            f"{field} is not valid base64; encode the whole audio file with standard base64.", field=field
        ) from None
    if len(content) > max_bytes:
        raise too_large(field, max_bytes)
    return content


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
    content = audio.content or b""
    if not content:
        raise AudioEmpty(
            "content is empty; send the bytes of an audio file, base64 encoded.", field="content"
        )
    head = content[:SNIFFED_BYTES]
    if headerless_codec(audio.encoding, head) is None and looks_like_text(head):
        raise AudioUnreadable(
            "content is text, not audio; send the bytes of an audio file, base64 encoded.", field="content"
        )
