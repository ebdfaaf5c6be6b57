"""Audio in a folder: whole, and on the disk before anybody is told that it is accepted."""

import io
import os
from pathlib import Path

import pytest

from shared.blobs import BlobStore
from shared.errors import StorageUnavailable


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Writing to the disk for good and renaming, as they happen, each with what it was done to."""
    seen: list[tuple[str, str]] = []
    fsync, rename = os.fsync, os.rename

    def noted_fsync(descriptor: int) -> None:
        seen.append(("fsync", Path(f"/proc/self/fd/{descriptor}").readlink().name))
        fsync(descriptor)

    def noted_rename(source: str, target: str) -> None:
        seen.append(("rename", Path(target).name))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "rename", noted_rename)
    return seen


def test_a_blob_is_on_the_disk_with_its_name(tmp_path: Path, calls: list[tuple[str, str]]) -> None:
    (tmp_path / "tenant").mkdir()
    BlobStore(str(tmp_path)).put("tenant/job", io.BytesIO(b"sound"))
    assert calls == [("fsync", "job.part"), ("rename", "job"), ("fsync", "tenant")]


def test_so_is_the_folder_of_a_tenants_first(tmp_path: Path, calls: list[tuple[str, str]]) -> None:
    BlobStore(str(tmp_path)).put("tenant/job", io.BytesIO(b"sound"))
    assert calls[0] == ("fsync", tmp_path.name)


def test_no_draft_is_left_of_what_could_not_be_stored(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            raise OSError("broken")

    with pytest.raises(StorageUnavailable):
        BlobStore(str(tmp_path)).put("tenant/job", Broken())
    assert list((tmp_path / "tenant").iterdir()) == []
