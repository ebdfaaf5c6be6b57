"""Which cell the decoder gets: the strongest that works, found out and not assumed."""

from pathlib import Path

import imageio_ffmpeg
import pytest

from worker.audio import cells, ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def strongest(program: str) -> cells.Cell:
    """What would be found in a new process."""
    return ffmpeg.strongest_cell.__wrapped__(program)


@pytest.mark.skipif(not cells.syscall_filter(), reason="there is no filter for this machine")
def test_a_bubblewrap_that_does_not_work_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bwrap").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert strongest(FFMPEG) == cells.cells()[1]


def test_where_no_filter_works_there_are_still_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "syscall_filter", lambda: b"")
    assert strongest(FFMPEG) == cells.BARE


@pytest.mark.skipif(not cells.syscall_filter(), reason="there is no filter for this machine")
def test_a_filter_that_the_kernel_refuses_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "syscall_filter", lambda: b"no program")
    assert strongest(FFMPEG) == cells.BARE


def test_it_is_found_out_once() -> None:
    assert ffmpeg.strongest_cell(FFMPEG) is ffmpeg.strongest_cell(FFMPEG)
