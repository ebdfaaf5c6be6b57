"""Decoding: every common codec, and samples without a header."""

from pathlib import Path

import numpy as np
import pytest

from shared.errors import InvalidField
from tests.formats import gsm
from tests.unit.sounds import CLICK_SECONDS, DURATION_SECONDS, RATE, Encode, onset_seconds
from worker.audio.decoding import decode

TIMED = {
    "click.wav": ["-ar", "44100"],
    "click.flac": ["-ar", "48000"],
    "click.mp3": ["-b:a", "64k"],
    "telephone.mp3": ["-ar", "8000", "-b:a", "16k"],
    "click.ogg": ["-c:a", "libvorbis"],
    "click.opus": ["-c:a", "libopus", "-ar", "48000"],
    "click.m4a": ["-c:a", "aac"],
    "click.webm": ["-c:a", "libopus", "-ar", "48000"],
    "click.aiff": [],
    "click.au": [],
    "click.wma": ["-c:a", "wmav2"],
    "mulaw.wav": ["-c:a", "pcm_mulaw", "-ar", "8000"],
    "adpcm.wav": ["-c:a", "adpcm_ima_wav"],
}


@pytest.mark.parametrize("name", TIMED)
def test_a_click_is_where_it_was_before_encoding(encode: Encode, name: str) -> None:
    samples = decode(encode(name, *TIMED[name]), max_seconds=60)
    assert onset_seconds(samples) == pytest.approx(CLICK_SECONDS, abs=0.05)


@pytest.mark.parametrize("name", TIMED)
def test_duration_survives_the_codec(encode: Encode, name: str) -> None:
    samples = decode(encode(name, *TIMED[name]), max_seconds=60)
    assert samples.size / RATE == pytest.approx(DURATION_SECONDS, abs=0.15)


def test_samples_can_be_changed_in_place(encode: Encode) -> None:
    assert decode(encode("click.flac"), max_seconds=60).flags.writeable


def test_a_wav_that_is_called_mulaw_is_read_as_the_wav_it_is(encode: Encode) -> None:
    samples = decode(encode("click.wav"), max_seconds=60, encoding="MULAW", sample_rate_hertz=8000)
    assert samples.size / RATE == pytest.approx(DURATION_SECONDS, abs=0.01)


@pytest.mark.parametrize(
    ("encoding", "options"),
    [
        ("LINEAR16", ["-f", "s16le"]),
        ("PCM", ["-f", "s16le"]),
        ("MULAW", ["-f", "mulaw"]),
        ("ALAW", ["-f", "alaw"]),
    ],
)
def test_headerless_audio_is_read_at_the_rate_that_is_given(
    encode: Encode, encoding: str, options: list[str]
) -> None:
    raw = encode("click.raw", "-ar", "8000", *options)
    samples = decode(raw, max_seconds=60, encoding=encoding, sample_rate_hertz=8000)
    assert onset_seconds(samples) == pytest.approx(CLICK_SECONDS, abs=0.05)


@pytest.mark.parametrize("rate", [0, -8000, 12, 10_000_000])
def test_headerless_audio_needs_a_rate_that_can_be(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "noise.raw"
    path.write_bytes(b"\xff\x7e" * 4000)
    with pytest.raises(InvalidField) as caught:
        decode(path, max_seconds=60, encoding="MULAW", sample_rate_hertz=rate)
    assert caught.value.field == "sampleRate"


def test_g722_needs_no_rate(encode: Encode) -> None:
    samples = decode(encode("click.raw", "-f", "g722"), max_seconds=60, encoding="G722")
    assert onset_seconds(samples) == pytest.approx(CLICK_SECONDS, abs=0.05)


def test_gsm_needs_no_rate(tmp_path: Path) -> None:
    (tmp_path / "call.gsm").write_bytes(gsm.frames())
    samples = decode(tmp_path / "call.gsm", max_seconds=60, encoding="GSM")
    assert onset_seconds(samples) == pytest.approx(gsm.LOUD_FRAMES[0] * gsm.FRAME_SECONDS, abs=0.05)


def test_what_is_no_number_becomes_silence(encode: Encode) -> None:
    path = encode("float.wav", "-c:a", "pcm_f32le")
    bytes_ = bytearray(path.read_bytes())
    bytes_[-4000:] = np.array([np.nan, np.inf, -np.inf, 1e30] * 250, "<f4").tobytes()
    path.write_bytes(bytes_)
    assert np.abs(decode(path, max_seconds=60)).max() <= 1.0
