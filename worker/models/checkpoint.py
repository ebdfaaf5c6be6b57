"""Take the tensors out of somebody's torch checkpoint without running the pickle in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import is_zipfile

if TYPE_CHECKING:
    import torch


class _Ignored:
    """Stands for every class that a checkpoint names and that is no tensor."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        """Take whatever the pickle gives, and forget it."""

    def __setstate__(self, _state: object) -> None:
        """Forget this too."""


def read_tensors(path: Path, entry: str) -> "dict[str, torch.Tensor]":
    """The mapping of tensors under ``entry`` of a checkpoint, on the CPU, each in its own memory.

    torch's restricted unpickler does the reading. Where it would refuse a class, it is told to build an
    empty object in that class's place, so that no code named by the file is ever imported or run.
    Raises KeyError when there is no such entry.
    """
    import torch
    from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

    # Checkpoints from before torch 1.6 are no zip files; those must do with the classes torch trusts.
    unknown = get_unsafe_globals_in_checkpoint(str(path)) if is_zipfile(path) else []
    stand_ins: list[Any] = [(type("Ignored", (_Ignored,), {}), name) for name in unknown]
    with safe_globals(stand_ins):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor.clone().contiguous() for name, tensor in checkpoint[entry].items()}
