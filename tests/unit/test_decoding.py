"""Decoding: every common codec, in time, and nothing else."""

import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from shared.errors import AudioEmpty, AudioTooLong, AudioUnreadable, InvalidField
from worker.audio.decoding import decode

RATE = 16_000
CLICK_SECONDS = 1.25
DURATION_SECONDS = 3.0

Encode = Callable[..., Path]


def click(rate: int = RATE) -> NDArray[np.int16]:
    """Three seconds of near silence with a short 1 kHz burst that starts at 1.25 s."""
    samples = np.random.default_rng(0).normal(0, 3, int(DURATION_SECONDS * rate))
    start, length = int(CLICK_SECONDS * rate), int(0.02 * rate)
    samples[start : start + length] += 20_000 * np.sin(2 * np.pi * 1000 * np.arange(length) / rate)
    return samples.astype(np.int16)


def write_wav(path: Path, samples: NDArray[np.int16], rate: int = RATE, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.fixture
def encode(tmp_path: Path) -> Encode:
    """Run ffmpeg with the given options; the first names the file that comes out."""

    def run(name: str, *options: str, source: Path | None = None) -> Path:
        source = source or write_wav(tmp_path / "source.wav", click())
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-loglevel", "error", "-i", str(source)]
        subprocess.run([*command, *options, str(tmp_path / name)], check=True)
        return tmp_path / name

    return run


def onset_seconds(samples: NDArray[np.float32]) -> float:
    return float(np.flatnonzero(np.abs(samples) > 0.2)[0]) / RATE


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


def test_raw_aac_is_late_by_no_more_than_its_unwritten_delay(encode: Encode) -> None:
    samples = decode(encode("click.aac", "-c:a", "aac"), max_seconds=60)
    assert onset_seconds(samples) == pytest.approx(CLICK_SECONDS, abs=0.08)


def test_a_gap_in_the_recording_stays_a_gap(encode: Encode) -> None:
    cut = encode("gap.mkv", "-af", "aselect='not(between(t,0.3,0.9))'", "-c:a", "pcm_s16le")
    assert onset_seconds(decode(cut, max_seconds=60)) == pytest.approx(CLICK_SECONDS, abs=0.05)


def test_audio_that_starts_after_the_picture_keeps_its_place(encode: Encode) -> None:
    film = encode(
        "film.mkv", *("-f", "lavfi", "-i", "color=size=64x64:duration=4", "-map", "1:v", "-map", "0:a"),
        *("-af", "asetpts=PTS+0.7/TB", "-c:v", "mpeg4", "-c:a", "pcm_s16le"),
    )  # fmt: skip
    assert onset_seconds(decode(film, max_seconds=60)) == pytest.approx(CLICK_SECONDS + 0.7, abs=0.05)


def test_all_channels_are_heard(tmp_path: Path) -> None:
    stereo = np.stack([np.zeros_like(click()), click()], axis=1).ravel()
    samples = decode(write_wav(tmp_path / "stereo.wav", stereo, channels=2), max_seconds=60)
    assert onset_seconds(samples) == pytest.approx(CLICK_SECONDS, abs=0.05)


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


def test_a_recording_cut_off_in_transfer_is_read_as_far_as_it_goes(encode: Encode) -> None:
    whole = encode("click.mp3", "-b:a", "64k")
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    assert onset_seconds(decode(whole, max_seconds=60)) == pytest.approx(CLICK_SECONDS, abs=0.05)


def test_a_file_name_is_never_taken_for_a_protocol(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "concat:a|-b.wav", click())
    assert decode(path, max_seconds=60).size == DURATION_SECONDS * RATE


def test_what_is_no_number_becomes_silence(encode: Encode) -> None:
    path = encode("float.wav", "-c:a", "pcm_f32le")
    bytes_ = bytearray(path.read_bytes())
    bytes_[-4000:] = np.array([np.nan, np.inf, -np.inf, 1e30] * 250, "<f4").tobytes()
    path.write_bytes(bytes_)
    assert np.abs(decode(path, max_seconds=60)).max() <= 1.0
