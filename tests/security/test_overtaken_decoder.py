"""A decoder that somebody has taken over: what it says may be wrong, and must not take the worker with it."""

from pathlib import Path

import pytest

from shared.errors import AudioTooLong, AudioUnreadable, RollcallError
from worker.audio.decoding import decode

AU = r"printf '.snd\000\000\000\030\377\377\377\377\000\000\000\006\000\000\076\200\000\000\000\001'"
LISTING = "printf '#media_type 0: audio\\n#codec_id 0: aac\\n#tb 0: 1/1\\n#sample_rate 0: %s\\n0, %s, 1\\n'"
NINES = "9" * 5000
SAYS = {
    "words without end": "yes",
    "zeros without end": "cat /dev/zero",
    "a line without end": "yes | tr -d '\\n'",
    "a rate that is no number": f"{LISTING} rate 0",
    "a rate of thousands of digits": f"{LISTING} {NINES} 0",
    "a time of thousands of digits": f"{LISTING} 16000 {NINES}",
    "a time that no float holds": f"{LISTING} 16000 {NINES[:400]}",
    "nothing": ":",
}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Something that only a decoder can say anything of, first what is in it and then its samples."""
    path = tmp_path / "audio"
    path.write_bytes(b"fLaC" + bytes(4096))
    return path


def take_over(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Have a shell do ``script`` wherever ffmpeg would be called."""
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))


@pytest.mark.parametrize("said", SAYS)
def test_nonsense_is_a_recording_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recording: Path, said: str
) -> None:
    take_over(monkeypatch, tmp_path, f"export PATH=/usr/bin:/bin; {SAYS[said]}")
    with pytest.raises(RollcallError):
        decode(recording, max_seconds=60)


def test_samples_without_end_are_too_long(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recording: Path
) -> None:
    take_over(monkeypatch, tmp_path, f"{AU}; exec /bin/cat /dev/zero")
    with pytest.raises(AudioTooLong):
        decode(recording, max_seconds=60)


def test_samples_that_are_no_numbers_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recording: Path
) -> None:
    take_over(monkeypatch, tmp_path, rf"{AU}; printf '\177\300\000\000\177\300\000\000'")
    with pytest.raises(AudioUnreadable):
        decode(recording, max_seconds=60)
