"""A pack is whole, or says what to do."""

import hashlib
import json
from pathlib import Path

import pytest

from worker.models.embedded_recipe import DESCRIPTION
from worker.models.pack import ModelPack, ModelPackError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack with small files for weights."""
    files = []
    for name in ("segmentation.safetensors", "embedding.safetensors", "voices.safetensors"):
        (tmp_path / name).write_text(name)
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        files.append(
            {"path": name, "sha256": sha256, "source": "here", "source_sha256": sha256, "licence": "MIT"}
        )
    (tmp_path / "manifest.json").write_text(json.dumps(DESCRIPTION | {"files": files}))
    return tmp_path


def test_voiceprints_are_bound_to_name_and_version(folder: Path) -> None:
    assert ModelPack.open(folder).model_id == "embedded@3"


def test_the_weights_are_in_the_folder(folder: Path) -> None:
    assert ModelPack.open(folder).embedding_weights == folder / "embedding.safetensors"


def test_a_missing_pack_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelPackError, match="make models"):
        ModelPack.open(tmp_path / "nowhere")


def test_a_missing_file_says_what_to_run(folder: Path) -> None:
    (folder / "embedding.safetensors").unlink()
    with pytest.raises(ModelPackError, match="make models"):
        ModelPack.open(folder)


def test_a_changed_file_is_damage(folder: Path) -> None:
    (folder / "embedding.safetensors").write_text("something else")
    with pytest.raises(ModelPackError, match="damaged"):
        ModelPack.open(folder)


@pytest.mark.parametrize("text", ["", "[]", '{"name": "embedded"}'])
def test_a_damaged_manifest_says_what_to_run(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ModelPackError, match="make models"):
        ModelPack.open(folder)


def test_a_file_outside_the_folder_is_no_part_of_a_pack(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][0]["path"] = "../segmentation.safetensors"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelPackError):
        ModelPack.open(folder)
