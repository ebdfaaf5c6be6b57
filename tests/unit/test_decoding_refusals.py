"""Decoding: what is refused, and in which words."""

from pathlib import Path

import numpy as np
import pytest

from shared.errors import AudioEmpty, AudioTooLong, AudioUnreadable
from tests.unit.sounds import DURATION_SECONDS, RATE, Encode, click, write_wav
from worker.audio.decoding import decode


def test_no_bytes_are_empty_audio(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioEmpty):
        decode(tmp_path / "empty.wav", max_seconds=60)


def test_a_header_without_samples_is_empty_audio(tmp_path: Path) -> None:
    with pytest.raises(AudioEmpty):
        decode(write_wav(tmp_path / "header.wav", np.zeros(0, np.int16)), max_seconds=60)


NO_AUDIO = {
    "noise": np.random.default_rng(1).integers(0, 256, 20_000, np.uint8).tobytes(),
    "zeros": bytes(20_000),
    "json": b'{"error": "no such recording"}',
    "playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nother.wav\n#EXT-X-ENDLIST\n",
    "script": b"ffconcat version 1.0\nfile other.wav\n",
    "wav without its rest": b"RIFF\x24\x00\x00\x00WAVE",
}


@pytest.mark.parametrize("kind", NO_AUDIO)
def test_what_is_no_audio_is_refused(tmp_path: Path, kind: str) -> None:
    write_wav(tmp_path / "other.wav", click())
    (tmp_path / "upload").write_bytes(NO_AUDIO[kind])
    with pytest.raises(AudioUnreadable):
        decode(tmp_path / "upload", max_seconds=60)


def test_a_refusal_says_which_formats_work_and_not_where_the_file_was(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(NO_AUDIO["noise"])
    with pytest.raises(AudioUnreadable, match="FLAC") as caught:
        decode(tmp_path / "upload", max_seconds=60)
    assert "upload" not in caught.value.message


def test_a_refusal_names_the_field(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(NO_AUDIO["noise"])
    with pytest.raises(AudioUnreadable) as caught:
        decode(tmp_path / "upload", max_seconds=60)
    assert caught.value.field == "content"


def test_a_picture_is_refused(encode: Encode) -> None:
    picture = encode("picture.mp4", "-f", "lavfi", "-i", "color=size=64x64:duration=1", "-map", "1:v")
    with pytest.raises(AudioUnreadable):
        decode(picture, max_seconds=60)


def test_a_recording_longer_than_allowed_is_refused(encode: Encode) -> None:
    with pytest.raises(AudioTooLong):
        decode(encode("click.flac"), max_seconds=2.5)


def test_a_recording_as_long_as_allowed_is_read(encode: Encode) -> None:
    assert decode(encode("click.flac"), max_seconds=DURATION_SECONDS).size == DURATION_SECONDS * RATE


def test_a_file_name_is_never_taken_for_a_protocol(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "concat:a|-b.wav", click())
    assert decode(path, max_seconds=60).size == DURATION_SECONDS * RATE
