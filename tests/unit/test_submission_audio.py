"""What can be said of audio without decoding it."""

from collections.abc import Iterator

import pytest

from api.submission.audio import AudioInput, StagedAudio, check_audio, stage
from shared.egress import EgressGuard
from shared.errors import AudioEmpty, AudioUnreadable, ContentTooLarge


def staged(content: bytes) -> StagedAudio:
    return stage([content], field="content", max_bytes=10_000)


def check(content: bytes, encoding: str = "WAV") -> None:
    check_audio(AudioInput(staged(content), None, encoding, 8000), EgressGuard())


def test_staged_audio_is_what_was_received() -> None:
    assert staged(b"abc").head() == b"abc"


def test_equal_audio_has_an_equal_digest() -> None:
    pieces = stage([b"a", b"bc"], field="content", max_bytes=10)
    assert pieces.sha256 == staged(b"abc").sha256


def test_one_byte_too_many_is_refused() -> None:
    with pytest.raises(ContentTooLarge):
        stage([b"x" * 10_001], field="content", max_bytes=10_000)


def test_too_much_is_refused_before_all_of_it_came() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1000

    with pytest.raises(ContentTooLarge):
        stage(endless(), field="content", max_bytes=10_000)


def test_the_largest_allowed_is_taken() -> None:
    assert stage([b"x" * 10_000], field="content", max_bytes=10_000).size_bytes == 10_000


def test_no_bytes_are_no_audio() -> None:
    with pytest.raises(AudioEmpty):
        check(b"")


@pytest.mark.parametrize("text", [b"<html><body>not found</body></html>", b'{"error": 1}', b"hello, world"])
def test_text_is_no_audio(text: bytes) -> None:
    with pytest.raises(AudioUnreadable):
        check(text)
