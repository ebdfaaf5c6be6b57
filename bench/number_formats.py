"""The formats in which a device may compute: each a choice between speed and agreement with the CPU."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn

from worker.diarization.listening import Ears


@dataclass(frozen=True)
class NumberFormat:
    """Whether 32-bit floats may lose bits in the device's multiplications, and what has 16 bits: nothing,
    the recurrent layers, or the networks as a whole.
    """

    name: str
    has_tf32: bool = False
    halved: str = ""


FORMATS = (
    NumberFormat("float32"),
    NumberFormat("TF32", has_tf32=True),
    NumberFormat("TF32, recurrent layers in bfloat16", has_tf32=True, halved="recurrent layers"),
    NumberFormat("TF32, networks in bfloat16", has_tf32=True, halved="networks"),
)


@contextmanager
def computing_in(number_format: NumberFormat, ears: Ears) -> Iterator[None]:
    """The networks of ``ears`` in that format for the length of the block."""
    with _tf32(number_format.has_tf32), ExitStack() as patches:
        for owner, name in _halved_parts(ears)[number_format.halved]:
            patches.enter_context(patch.object(owner, name, _Halved(getattr(owner, name))))
        yield


def _halved_parts(ears: Ears) -> dict[str, list[tuple[Any, str]]]:
    return {
        "": [],
        "recurrent layers": [(ears.segmentation, "lstm"), (ears.embedder, "lstm")],
        "networks": [(ears, "segmentation"), (ears, "head"), (ears.embedder, "lstm")],
    }


@contextmanager
def _tf32(is_allowed: bool) -> Iterator[None]:
    """In matrix products and in cuDNN's recurrent and convolutional layers."""
    places = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [place.allow_tf32 for place in places]
    try:
        for place in places:
            place.allow_tf32 = is_allowed
        yield
    finally:
        for place, was_allowed in zip(places, before, strict=True):
            place.allow_tf32 = was_allowed


class _Halved(nn.Module):
    """A network whose layers compute in bfloat16, and whose answer is again of 32 bits."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, given: Tensor) -> Any:
        """What the network says: one tensor, or the output and state of recurrent layers."""
        with torch.autocast(given.device.type, torch.bfloat16):
            answer = self.inner(given)
        if isinstance(answer, Tensor):
            return answer.float()
        output, states = answer
        return output.float(), tuple(state.float() for state in states)
