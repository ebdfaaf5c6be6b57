"""What the first bytes of a file say."""

import struct

import numpy as np
import pytest

from shared.audio_format import HEAD_BYTES, headerless_codec, looks_like_text, plain_wave_hertz, sniff

NOISE = np.random.default_rng(0).integers(0, 256, HEAD_BYTES, np.uint8).tobytes()
MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG 1 layer III, 128 kb/s, 44.1 kHz
ADTS_FRAME = bytes.fromhex("fff150800d7ffc") + bytes(100)  # 107 bytes

STARTS = {
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "flac": b"fLaC\x00\x00\x00\x22",
    "ogg": b"OggS\x00\x02",
    "mp4": b"\x00\x00\x00\x20ftypM4A ",
    "webm": b"\x1a\x45\xdf\xa3\x9f",
    "amr": b"#!AMR\n\x3c",
    "aiff": b"FORM\x00\x00\x00\x00AIFFCOMM",
    "au": b".snd\x00\x00\x00\x18",
    "caf": b"caff\x00\x01\x00\x00",
    "wma": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),
}


@pytest.mark.parametrize("name", STARTS)
def test_a_signature_names_its_container(name: str) -> None:
    assert sniff(STARTS[name] + NOISE) == name


def test_a_tag_before_the_music_is_an_mp3() -> None:
    assert sniff(b"ID3\x04\x00\x00\x00\x00\x00\x00" + NOISE) == "mp3"


def test_two_mpeg_frames_in_a_row_are_an_mp3() -> None:
    assert sniff(2 * MP3_FRAME) == "mp3"


def test_one_mpeg_header_before_noise_is_nothing() -> None:
    assert sniff(MP3_FRAME + NOISE) is None


def test_two_adts_frames_in_a_row_are_aac() -> None:
    assert sniff(2 * ADTS_FRAME) == "aac"


@pytest.mark.parametrize("byte", [b"\xff", b"\x00", b"\x7f", b"\xd5"])
def test_headerless_silence_has_no_signature(byte: bytes) -> None:
    assert sniff(byte * HEAD_BYTES) is None


@pytest.mark.parametrize("head", [b"", b"R", b"RIFF", b"\xff", b"\xff\xfb\x90", b"\x00\x00\x00\x20"])
def test_a_file_too_short_for_a_signature_has_none(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><html>",
        b'{"error": "not found"}',
        b"\xef\xbb\xbfhallo\r\n",
        b"#EXTM3U\n/etc/passwd\n",
    ],
)
def test_readable_bytes_are_text(head: bytes) -> None:
    assert looks_like_text(head)


def test_text_cut_inside_a_character_is_still_text() -> None:
    assert looks_like_text("Grüße"[:3].encode()[:-1])


@pytest.mark.parametrize("head", [b"", NOISE, b"\x00\x01\x02", STARTS["amr"], bytes(100)])
def test_audio_is_no_text(head: bytes) -> None:
    assert not looks_like_text(head)


@pytest.mark.parametrize(
    ("encoding", "demuxer"),
    [
        ("LINEAR16", "s16le"),
        ("PCM", "s16le"),
        ("mulaw", "mulaw"),
        (" ALAW ", "alaw"),
        ("GSM", "gsm"),
        ("G722", "g722"),
    ],
)
def test_a_headerless_hint_names_the_codec_of_bytes_without_a_signature(encoding: str, demuxer: str) -> None:
    assert headerless_codec(encoding, NOISE) == demuxer


def test_the_bytes_overrule_the_hint() -> None:
    assert headerless_codec("MULAW", STARTS["wav"]) is None


@pytest.mark.parametrize("encoding", ["", "WAV", "Wave", "mp3"])
def test_other_hints_make_nothing_headerless(encoding: str) -> None:
    assert headerless_codec(encoding, NOISE) is None


def wave_of(tag: int, hertz: int = 8000) -> bytes:
    """The head of a WAV file of a codec."""
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, tag, 1, hertz, 2 * hertz, 2, 16)
    return b"RIFF\xff\xff\xff\x00WAVE" + fmt + b"data\x00\xff\xff\x00" + NOISE


@pytest.mark.parametrize("tag", [1, 3, 6, 7])
def test_a_wave_of_plain_samples_says_its_rate(tag: int) -> None:
    assert plain_wave_hertz(wave_of(tag)) == 8000


@pytest.mark.parametrize("tag", [2, 0x55, 0x161, 0xFFFE])
def test_a_wave_of_another_codec_is_not_plain(tag: int) -> None:
    assert plain_wave_hertz(wave_of(tag)) is None


@pytest.mark.parametrize("head", [b"", wave_of(1)[:40], b"RIFX" + wave_of(1)[4:], STARTS["flac"] + NOISE])
def test_what_is_no_wave_is_not_a_plain_one(head: bytes) -> None:
    assert plain_wave_hertz(head) is None
