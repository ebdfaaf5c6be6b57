"""Plain WAV files: read without ffmpeg where that can be, and to the same samples."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from shared.errors import AudioTooLong
from tests.unit.sounds import RATE, Encode, click, write_wav
from worker.audio import plain_wave
from worker.audio.decoding import decode
from worker.audio.mixing import Mixdown

SIZE_AT, RATE_AT, BITS_AT = 40, 24, 34
NO_LIMIT = 1 << 30


def noise(channels: int) -> np.ndarray:
    """Two seconds and a bit, of every value there is."""
    values = np.random.default_rng(7).integers(-(1 << 15), 1 << 15, (2 * RATE + 17) * channels)
    return values.astype(np.int16)


def is_plain(path: Path) -> bool:
    return plain_wave.read_plain_wave(path, Mixdown(NO_LIMIT), sample_rate_hertz=RATE)


def changed(path: Path, offset: int, value: int, size: int) -> Path:
    """The file with another number in its header."""
    content = bytearray(path.read_bytes())
    content[offset : offset + size] = value.to_bytes(size, "little")
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_its_samples_are_those_that_ffmpeg_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channels: int
) -> None:
    path = write_wav(tmp_path / "noise.wav", noise(channels), channels=channels)
    monkeypatch.setattr(plain_wave, "_FRAMES_AT_ONCE", 1000)
    plainly = decode(path, max_seconds=60)
    monkeypatch.setattr("worker.audio.decoding.read_plain_wave", lambda *_, **__: False)
    np.testing.assert_array_equal(plainly, decode(path, max_seconds=60))


def test_no_program_is_started_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a program was started")

    path = write_wav(tmp_path / "click.wav", click())
    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert decode(path, max_seconds=60).size == click().size


def test_what_follows_its_samples_is_not_heard(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "click.wav", click())
    path.write_bytes(path.read_bytes() + b"LIST\x04\x00\x00\x00INFO")
    assert is_plain(path)
    assert decode(path, max_seconds=60).size == click().size


def test_it_may_be_no_longer_than_allowed(tmp_path: Path) -> None:
    with pytest.raises(AudioTooLong):
        decode(write_wav(tmp_path / "click.wav", click()), max_seconds=0.5)


def test_another_rate_is_left_to_ffmpeg(tmp_path: Path) -> None:
    assert not is_plain(changed(write_wav(tmp_path / "click.wav", click()), RATE_AT, 8000, 4))


def test_samples_of_another_size_are_left_to_ffmpeg(tmp_path: Path) -> None:
    assert not is_plain(changed(write_wav(tmp_path / "click.wav", click()), BITS_AT, 24, 2))


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_that_was_not_known_is_left_to_ffmpeg(tmp_path: Path, size: int) -> None:
    assert not is_plain(changed(write_wav(tmp_path / "click.wav", click()), SIZE_AT, size, 4))


def test_a_file_that_was_cut_off_is_left_to_ffmpeg(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "click.wav", click())
    path.write_bytes(path.read_bytes()[:-2])
    assert not is_plain(path)


def test_another_container_is_left_to_ffmpeg(encode: Encode) -> None:
    assert not is_plain(encode("click.flac"))
