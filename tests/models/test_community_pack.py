"""A folder with community-1's layout is whole and of the right kind, or says what to do; no pickle is run."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from numpy.typing import NDArray

from tests.models.random_community import CONFIG, RATE, write_community
from worker.models.community_hub import REPOSITORY, fetch_community
from worker.models.community_pack import FILES, CommunityPack
from worker.models.pack import ModelPackError


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory, device: torch.device, conversation: NDArray[np.float32]
) -> Path:
    return write_community(tmp_path_factory.mktemp("models") / "written", conversation[: 5 * RATE])


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return shutil.copytree(written, tmp_path / "community-1")


def change_checkpoint(path: Path, **changes: Any) -> None:
    checkpoint = torch.load(path, weights_only=False)
    torch.save(checkpoint | changes, path)


def touch(path: str) -> None:
    Path(path).touch()


class TouchesAFile:
    """A pickle of this makes a file when it is read the usual way."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return touch, (self.path,)


def test_a_network_is_made_as_its_checkpoint_says(folder: Path) -> None:
    from worker.models.community_checkpoint import load_segmentation

    network = load_segmentation(folder / "segmentation" / "pytorch_model.bin")
    assert (network.hparams.lstm["hidden_size"], network.specifications.duration) == (16, 5.0)


def test_a_pickle_in_a_checkpoint_is_not_run(folder: Path, tmp_path: Path) -> None:
    from worker.models.community_checkpoint import load_embedding

    path, touched = folder / "embedding" / "pytorch_model.bin", tmp_path / "touched"
    change_checkpoint(path, callbacks=TouchesAFile(touched))
    load_embedding(path)
    assert not touched.exists()


def test_a_network_of_another_kind_is_refused(folder: Path) -> None:
    from worker.models.community_checkpoint import load_embedding

    with pytest.raises(ModelPackError, match="holds a PyanNet"):
        load_embedding(folder / "segmentation" / "pytorch_model.bin")


def test_weights_of_another_network_are_refused(folder: Path) -> None:
    from worker.models.community_checkpoint import load_embedding

    path = folder / "embedding" / "pytorch_model.bin"
    change_checkpoint(path, state_dict={"resnet.conv1.weight": torch.zeros(1)})
    with pytest.raises(ModelPackError, match="does not hold the weights"):
        load_embedding(path)


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1\n"])
def test_what_is_no_checkpoint_is_refused(folder: Path, content: bytes) -> None:
    from worker.models.community_checkpoint import load_embedding

    path = folder / "embedding" / "pytorch_model.bin"
    path.write_bytes(content)
    with pytest.raises(ModelPackError, match="damaged"):
        load_embedding(path)


def test_a_damaged_plda_is_refused(folder: Path) -> None:
    (folder / "plda" / "plda.npz").write_bytes(b"nothing")
    with pytest.raises(ModelPackError, match="copy them again"):
        CommunityPack.open(folder).load_plda()


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "plda" / "plda.npz").unlink()
    with pytest.raises(ModelPackError, match=r"lacks plda/plda\.npz"):
        CommunityPack.open(folder)


def test_another_clustering_is_refused(folder: Path) -> None:
    parts = CONFIG["pipeline"]["params"] | {"clustering": "AgglomerativeClustering"}
    config = CONFIG | {"pipeline": CONFIG["pipeline"] | {"params": parts}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(ModelPackError, match="does not describe a pipeline"):
        CommunityPack.open(folder)


def test_voiceprints_are_bound_to_what_makes_them(folder: Path) -> None:
    before = CommunityPack.open(folder).model_id
    with (folder / "plda" / "plda.npz").open("ab") as file:
        file.write(b"changed")
    assert CommunityPack.open(folder).model_id != before


def test_a_whole_folder_is_not_asked_for(folder: Path) -> None:
    def download(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the hub was asked")

    assert fetch_community(folder, download=download) == folder


def test_a_folder_is_filled_from_the_hub(written: Path, tmp_path: Path) -> None:
    def download(repository: str, *, local_dir: Path, **_: object) -> None:
        assert repository == REPOSITORY
        shutil.copytree(written, local_dir)

    assert CommunityPack.open(fetch_community(tmp_path / "new", download=download))


def test_a_refusing_hub_says_what_to_do(tmp_path: Path) -> None:
    def download(*_args: object, **_kwargs: object) -> None:
        raise OSError("401 Client Error")

    with pytest.raises(ModelPackError, match=r"Accept its conditions .* HF_TOKEN"):
        fetch_community(tmp_path, download=download)


def test_a_download_that_brings_too_little_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelPackError, match=f"brought no {FILES[0]}"):
        fetch_community(tmp_path, download=lambda *_args, **_kwargs: None)
