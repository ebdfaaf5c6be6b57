"""What can be said of audio without decoding it."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.submission.audio import AudioInput, check_audio, decode_base64
from shared.egress import EgressGuard
from shared.errors import AudioEmpty, AudioUnreadable, ContentTooLarge, InvalidField


@given(st.binary(max_size=2000))
def test_base64_comes_back_as_it_was(content: bytes) -> None:
    text = base64.b64encode(content).decode()
    assert decode_base64(text, field="content", max_bytes=2000) == content


@given(st.binary(max_size=2000))
def test_line_breaks_in_base64_do_not_matter(content: bytes) -> None:
    text = base64.encodebytes(content).decode()
    assert decode_base64(text, field="content", max_bytes=2000) == content


@given(st.text(max_size=200))
def test_any_text_is_decoded_or_refused(text: str) -> None:
    with suppress(InvalidField, ContentTooLarge):
        assert isinstance(decode_base64(text, field="content", max_bytes=100), bytes)


def test_one_byte_too_many_is_refused() -> None:
    with pytest.raises(ContentTooLarge):
        decode_base64(base64.b64encode(b"x" * 101).decode(), field="content", max_bytes=100)


def test_the_largest_allowed_is_taken() -> None:
    assert len(decode_base64(base64.b64encode(b"x" * 100).decode(), field="content", max_bytes=100)) == 100


def test_no_bytes_are_no_audio() -> None:
    with pytest.raises(AudioEmpty):
        check_audio(AudioInput(b"", None, "WAV", 16000), EgressGuard())


@pytest.mark.parametrize("text", [b"<html><body>not found</body></html>", b'{"error": 1}', b"hello, world"])
def test_text_is_no_audio(text: bytes) -> None:
    with pytest.raises(AudioUnreadable):
        check_audio(AudioInput(text, None, "MP3", 0), EgressGuard())
