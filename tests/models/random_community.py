"""A folder with community-1's layout whose networks are random, yet hear several voices."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyannote.audio.models.embedding import WeSpeakerResNet34
    from pyannote.audio.models.segmentation import PyanNet

Samples = NDArray[np.float32]

CHUNK_SECONDS = 5.0
RATE = 16_000
DIMENSION, LDA_DIMENSION = 256, 128
CONFIG: dict[str, Any] = {
    "dependencies": {"pyannote.audio": "4.0.0"},
    "pipeline": {
        "name": "pyannote.audio.pipelines.SpeakerDiarization",
        "params": {
            "clustering": "VBxClustering",
            "segmentation": "$model/segmentation",
            "segmentation_batch_size": 32,
            "segmentation_step": 0.2,
            "embedding": "$model/embedding",
            "embedding_batch_size": 32,
            "embedding_exclude_overlap": True,
            "plda": "$model/plda",
        },
    },
    "params": {
        "clustering": {"threshold": 0.8, "Fa": 0.4, "Fb": 0.5},
        "segmentation": {"min_duration_off": 0.0},
    },
}


def write_community(folder: Path, samples: Samples) -> Path:
    """Write a pipeline that is fitted to ``samples`` (num_samples,) only so far that it tells them apart."""
    torch.manual_seed(0)
    for name, network in (
        ("segmentation", random_segmentation(samples)),
        ("embedding", random_embedding(samples)),
    ):
        (folder / name).mkdir(parents=True)
        torch.save(checkpoint_of(network), folder / name / "pytorch_model.bin")
    _write_plda(folder / "plda")
    (folder / "config.yaml").write_text(yaml.safe_dump(CONFIG))
    return folder


def random_segmentation(samples: Samples) -> "PyanNet":
    """A small network whose frames fall into all of its sets of voices."""
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet

    network = PyanNet(lstm={"hidden_size": 16, "num_layers": 2}, linear={"hidden_size": 16, "num_layers": 1})
    network.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=CHUNK_SECONDS,
        classes=["one", "two", "three"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    network.build()
    network.eval()
    given: list[torch.Tensor] = []
    hook = network.classifier.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    with torch.inference_mode():
        network(torch.from_numpy(samples)[None, None])
    hook.remove()
    hidden = given[0].clone().reshape(-1, given[0].shape[-1])
    # Hidden features without mean, at the same scale: every set of voices has its time.
    weight = torch.randn(network.dimension, hidden.shape[1]) / hidden.std(0)
    network.classifier.weight.data = weight
    network.classifier.bias.data = -weight @ hidden.mean(0)
    # One voice at a time is likelier than nobody and than two.
    network.classifier.bias.data[1:4] += 4.0
    return network


def random_embedding(samples: Samples) -> "WeSpeakerResNet34":
    """A network whose layers' outputs are as large as those of a trained one, and whose voices differ."""
    from pyannote.audio.models.embedding import WeSpeakerResNet34

    network = WeSpeakerResNet34()
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None
    size = round(CHUNK_SECONDS * RATE)
    chunks = torch.from_numpy(samples[: samples.size // size * size]).reshape(-1, 1, size)
    seconds = torch.eye(5).repeat(len(chunks), 1, 1)
    with torch.inference_mode():
        network.train()(chunks)
        found = network.eval()(chunks, weights=seconds).flatten(0, 1)
    last = network.resnet.seg_1
    last.weight.data /= found.std()
    last.bias.data = (last.bias.data - found.mean(0)) / found.std()
    return network


def checkpoint_of(network: Any) -> dict[str, Any]:
    """What training writes of a network."""
    checkpoint = {"state_dict": network.state_dict(), "hyper_parameters": dict(network.hparams)}
    if not hasattr(network, "_specifications"):
        from pyannote.audio.core.task import Problem, Resolution, Specifications

        network.specifications = Specifications(
            problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=CHUNK_SECONDS
        )
    network.on_save_checkpoint(checkpoint)
    return checkpoint | {"pytorch-lightning_version": "2.6.0"}


def _write_plda(folder: Path) -> None:
    rng = np.random.default_rng(0)
    folder.mkdir()
    np.savez(
        folder / "xvec_transform.npz",
        mean1=np.zeros(DIMENSION),
        mean2=np.zeros(LDA_DIMENSION),
        lda=np.linalg.qr(rng.standard_normal((DIMENSION, LDA_DIMENSION)))[0],
    )
    np.savez(
        folder / "plda.npz",
        mu=np.zeros(LDA_DIMENSION),
        tr=np.linalg.qr(rng.standard_normal((LDA_DIMENSION, LDA_DIMENSION)))[0],
        psi=np.linspace(8.0, 0.5, LDA_DIMENSION),
    )
