"""Temporary folders, and those of workers that were killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from worker.audio import scratch
from worker.audio.scratch import LOCK_NAME, PREFIX, scratch_folder, scratch_root

HOLD = """
import time
from worker.audio.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "audio").write_text("sound")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of temporary folders of the test's own, also for processes it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def killed_workers_folder() -> Path:
    """The folder of a process that was killed while it used it."""
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        process.send_signal(signal.SIGKILL)
    return folder


def test_a_folder_is_gone_after_its_use() -> None:
    with scratch_folder() as folder:
        pass
    assert not folder.exists()


def test_nobody_else_can_read_the_folders() -> None:
    with scratch_folder():
        assert scratch_root().stat().st_mode & 0o077 == 0


def test_a_link_in_the_place_of_the_folders_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / f"rollcall-{os.getuid()}").symlink_to(tmp_path / "mine")
    with pytest.raises(PermissionError):
        scratch_root()


def test_a_killed_workers_folder_goes_with_the_next_use(killed_workers_folder: Path) -> None:
    left = killed_workers_folder.exists()
    with scratch_folder():
        assert (left, killed_workers_folder.exists()) == (True, False)


def test_a_folder_in_use_stays() -> None:
    with scratch_folder() as first, scratch_folder():
        assert first.exists()


def test_a_folder_that_is_just_being_made_stays() -> None:
    fresh = scratch_root() / f"{PREFIX}fresh"
    fresh.mkdir()
    with scratch_folder():
        assert fresh.exists()


def test_a_folder_that_was_never_locked_goes_in_time() -> None:
    stale = scratch_root() / f"{PREFIX}stale"
    stale.mkdir()
    os.utime(stale, (time.time() - 1000,) * 2)
    with scratch_folder():
        assert not stale.exists()


def test_a_folder_holds_its_lock_beside_the_audio() -> None:
    with scratch_folder() as folder:
        assert [path.name for path in folder.iterdir()] == [LOCK_NAME]
