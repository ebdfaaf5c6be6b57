"""Decoding: what programs leave behind that were stopped, or that never knew how long it would be."""

from pathlib import Path

import numpy as np
import pytest

from shared.errors import AudioUnreadable
from tests.unit.sounds import CLICK_SECONDS, DURATION_SECONDS, RATE, Encode, click, onset_seconds, write_wav
from worker.audio.decoding import decode

CUT_OFF = {
    "cut.wav": (),
    "cut.w64": (),
    "cut.flac": (),
    "cut.mp3": ("-b:a", "64k"),
    "cut.opus": ("-c:a", "libopus"),
    "cut.webm": ("-c:a", "libopus"),
    "cut.wma": (),
    "cut.aac": (),
    "cut.amr": ("-ar", "8000"),
    "index_first.m4a": ("-movflags", "faststart"),
}
DATA_SIZE_AT = 40


@pytest.mark.parametrize("name", CUT_OFF)
def test_a_recording_cut_off_in_transfer_is_read_as_far_as_it_goes(encode: Encode, name: str) -> None:
    whole = encode(name, *CUT_OFF[name])
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3 + 1])
    assert onset_seconds(decode(whole, max_seconds=60)) == pytest.approx(CLICK_SECONDS, abs=0.05)


def test_an_mp4_that_lost_its_index_is_refused(encode: Encode) -> None:
    whole = encode("index_last.m4a", "-b:a", "64k")
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(AudioUnreadable):
        decode(whole, max_seconds=60)


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_streamed_wav_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    path = write_wav(tmp_path / "streamed.wav", click())
    streamed = bytearray(path.read_bytes())
    streamed[DATA_SIZE_AT : DATA_SIZE_AT + 4] = size.to_bytes(4, "little")
    path.write_bytes(streamed)
    assert decode(path, max_seconds=60).size == DURATION_SECONDS * RATE


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_a_wav_that_ends_inside_a_sample_is_read(tmp_path: Path, channels: int) -> None:
    path = write_wav(tmp_path / "odd.wav", np.repeat(click(), channels), channels=channels)
    path.write_bytes(path.read_bytes()[:-1])
    assert decode(path, max_seconds=60).size == pytest.approx(DURATION_SECONDS * RATE, abs=1)


def test_headerless_samples_of_an_odd_length_are_read(tmp_path: Path) -> None:
    path = tmp_path / "odd.raw"
    path.write_bytes(click().tobytes() + b"\x00")
    samples = decode(path, max_seconds=60, encoding="PCM", sample_rate_hertz=RATE)
    assert samples.size == DURATION_SECONDS * RATE


@pytest.mark.parametrize("name", ["cover.mp3", "cover.m4a", "cover.flac"])
def test_cover_art_does_not_disturb(encode: Encode, tmp_path: Path, name: str) -> None:
    art = encode("art.png", "-f", "lavfi", "-i", "color=size=64x64", "-map", "1:v", "-frames:v", "1")
    options = ("-i", str(art), "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic")
    samples = decode(encode(name, *options), max_seconds=60)
    assert onset_seconds(samples) == pytest.approx(CLICK_SECONDS, abs=0.01)


def test_two_oggs_in_a_row_are_one_recording(encode: Encode) -> None:
    path = encode("chained.opus", "-c:a", "libopus")
    path.write_bytes(2 * path.read_bytes())
    assert decode(path, max_seconds=60).size / RATE == pytest.approx(2 * DURATION_SECONDS, abs=0.05)
