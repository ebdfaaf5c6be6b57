"""What pyannote's checkpoints say about the networks in them, read without running the pickles."""

from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import is_zipfile

import torch
from pyannote.audio.core.task import Problem, Resolution, Specifications
from pyannote.audio.models.embedding import WeSpeakerResNet34
from pyannote.audio.models.segmentation import PyanNet
from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

from worker.models.checkpoint import read_tensors
from worker.models.pack import ModelPackError


class _Remembered:
    """Stands for every class that a checkpoint names and that is no tensor: keeps its state, does nothing."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        """Take whatever the pickle gives, and forget it."""
        self.state: Any = {}

    def __setstate__(self, state: object) -> None:
        """Keep what the object would have been filled with."""
        self.state = state


@dataclass(frozen=True)
class Description:
    """The architecture of a network, the arguments it was made with, and what task it was trained for."""

    architecture: str
    arguments: dict[str, Any]
    task: dict[str, Any]


def load_segmentation(path: Path) -> PyanNet:
    """A powerset segmentation network in evaluation mode.

    (batch, 1, num_samples) to log probabilities (batch, num_frames, num_sets) of sets of voices.
    Raises ModelPackError, like load_embedding.
    """
    description = _describe(path, PyanNet)
    task = description.task
    if not task.get("powerset_max_classes"):
        raise ModelPackError(f"{path} does not tell sets of voices apart, as community-1 does.")
    network = PyanNet(**description.arguments)
    network.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=task["duration"],
        classes=task["classes"],
        powerset_max_classes=task["powerset_max_classes"],
        permutation_invariant=True,
    )
    network.build()
    return _filled(network, path)


def load_embedding(path: Path) -> WeSpeakerResNet34:
    """An embedding network in evaluation mode."""
    return _filled(WeSpeakerResNet34(**_describe(path, WeSpeakerResNet34).arguments), path)


def _describe(path: Path, kind: Any) -> Description:
    """What is said of the network in ``path``, which must be of that ``kind``."""
    try:
        description = _read_description(path)
    except OSError:
        raise ModelPackError(f"The model folder has no {path}: copy it from the hub again.") from None
    except (EOFError, KeyError, TypeError, ValueError, RuntimeError, UnpicklingError, AttributeError):
        raise ModelPackError(f"{path} is damaged, or no checkpoint of pyannote's.") from None
    if description.architecture != kind.__name__:
        raise ModelPackError(f"{path} holds a {description.architecture}, and not a {kind.__name__}.")
    # Checkpoints say more than a network can be made with.
    known = signature(kind.__init__).parameters
    arguments = {name: value for name, value in description.arguments.items() if name in known}
    return Description(description.architecture, arguments, description.task)


def _read_description(path: Path) -> Description:
    unknown = get_unsafe_globals_in_checkpoint(str(path)) if is_zipfile(path) else []
    stand_ins: list[Any] = [(type("Remembered", (_Remembered,), {}), name) for name in unknown]
    with safe_globals(stand_ins):
        # Without memory for the tensors, which are not wanted here.
        checkpoint = torch.load(path, map_location="meta", weights_only=True)
    own = checkpoint["pyannote.audio"]
    return Description(
        architecture=own["architecture"]["class"],
        arguments=dict(checkpoint.get("hyper_parameters", {})),
        task=own["specifications"].state,
    )


def _filled(network: Any, path: Path) -> Any:
    try:
        network.load_state_dict(read_tensors(path, "state_dict"))
    except (KeyError, AttributeError, RuntimeError):
        raise ModelPackError(f"{path} does not hold the weights of the network that it describes.") from None
    return network.eval()
