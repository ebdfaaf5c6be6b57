"""Decoding: a sound stays where it was in the recording, whatever its file's clock says."""

from pathlib import Path

import pytest

from tests.unit.sounds import CLICK_SECONDS, DURATION_SECONDS, RATE, Encode, onset_seconds
from worker.audio.decoding import decode

FILM = ("-f", "lavfi", "-i", "color=size=64x64:duration=4", "-map", "1:v", "-map", "0:a")
LATE = ("-af", "asetpts=PTS+1.5/TB")
STARTS_LATE = {
    "late.mp4": (*LATE, "-c:a", "aac"),
    "late.m4a": (*LATE, "-c:a", "alac"),
    "late.mov": (*LATE, "-c:a", "pcm_s16le"),
    "late.mkv": (*LATE, "-c:a", "pcm_s16le"),
    "late.webm": (*LATE, "-c:a", "libopus"),
    "late.flv": (*LATE, "-c:a", "aac"),
    "late.wma": (*LATE, "-c:a", "wmav2"),
    "film.mp4": (*FILM, *LATE, "-c:v", "mpeg4", "-c:a", "aac"),
    "film.mkv": (*FILM, *LATE, "-c:v", "mpeg4", "-c:a", "pcm_s16le"),
    "film.ts": (*FILM, *LATE, "-c:v", "mpeg2video", "-c:a", "aac"),
}
UNDECLARED = {
    "click.aac": (),
    "click.latm": ("-c:a", "aac", "-f", "latm"),
    "click.ts": ("-c:a", "aac"),
    "click.flv": ("-c:a", "aac", "-ar", "22050"),
    "fragments.mp4": ("-c:a", "aac", "-movflags", "empty_moov+frag_keyframe"),
    "click.mp3": ("-write_xing", "0"),
    "click.wma": ("-ar", "8000"),
}


@pytest.mark.parametrize("name", STARTS_LATE)
def test_audio_that_starts_late_keeps_its_place(encode: Encode, name: str) -> None:
    samples = decode(encode(name, *STARTS_LATE[name]), max_seconds=60)
    assert onset_seconds(samples) == pytest.approx(CLICK_SECONDS + 1.5, abs=0.01)


@pytest.mark.parametrize("name", UNDECLARED)
def test_a_lead_in_that_only_the_encoder_knew_is_cut_off(encode: Encode, name: str) -> None:
    samples = decode(encode(name, *UNDECLARED[name]), max_seconds=60)
    assert onset_seconds(samples) == pytest.approx(CLICK_SECONDS, abs=0.01)


@pytest.mark.parametrize(("name", "frame"), [("click.aac", b"\xff\xf1"), ("click.mp3", b"\xff\xf3")])
def test_a_piece_of_a_longer_stream_loses_nothing(encode: Encode, name: str, frame: bytes) -> None:
    whole = encode(name, *UNDECLARED[name]).read_bytes()
    piece = encode(name, *UNDECLARED[name])
    piece.write_bytes(whole[whole.index(frame, len(whole) // 4) :])
    # The decoder needs a frame or two before it can be right, hence the tolerance.
    frames_seconds = decode(piece, max_seconds=60).size / RATE
    assert frames_seconds == pytest.approx(_frame_count(piece, frame) * _frame_seconds(name), abs=0.045)


def test_a_broadcast_does_not_begin_with_hours_of_silence(encode: Encode) -> None:
    piece = encode("live.mkv", "-c:a", "libopus", "-output_ts_offset", "36000")
    assert onset_seconds(decode(piece, max_seconds=60)) == pytest.approx(CLICK_SECONDS, abs=0.05)


@pytest.mark.parametrize("gap_seconds", [0.04, 0.09, 0.6])
def test_a_gap_in_the_recording_stays_a_gap(encode: Encode, gap_seconds: float) -> None:
    select = f"aselect='not(between(t,0.3,{0.3 + gap_seconds}))'"
    cut = encode("gap.mkv", "-af", f"asetnsamples=80,{select}", "-c:a", "pcm_s16le")
    assert onset_seconds(decode(cut, max_seconds=60)) == pytest.approx(CLICK_SECONDS, abs=0.032)


def test_what_an_edit_list_leaves_out_is_not_heard(encode: Encode, tmp_path: Path) -> None:
    whole = encode("whole.m4a", "-c:a", "aac")
    trimmed = encode("trimmed.m4a", "-ss", "0.5", "-c", "copy", source=whole)
    assert onset_seconds(decode(trimmed, max_seconds=60)) == pytest.approx(CLICK_SECONDS - 0.5, abs=0.05)


def test_the_first_track_is_the_recording(encode: Encode) -> None:
    tracks = encode("two.mkv", "-f", "lavfi", "-i", "sine=duration=1", "-map", "0:a", "-map", "1:a")
    assert decode(tracks, max_seconds=60).size / RATE == pytest.approx(DURATION_SECONDS, abs=0.05)


def test_a_track_without_sound_data_is_passed_over(encode: Encode) -> None:
    empty_first = ("-map", "0:a", "-map", "0:a", "-filter:a:0", "aselect=0", "-c:a", "pcm_s16le")
    tracks = encode("empty_first.mkv", *empty_first)
    assert onset_seconds(decode(tracks, max_seconds=60)) == pytest.approx(CLICK_SECONDS, abs=0.01)


def _frame_count(piece: Path, frame: bytes) -> int:
    return piece.read_bytes().count(frame)


def _frame_seconds(name: str) -> float:
    return {"click.aac": 1024, "click.mp3": 576}[name] / RATE
