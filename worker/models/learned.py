"""What ``training`` learned for a pack's networks, as one file of tensors."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from shared.domain import Line
from worker.models.pack import ModelPackError
from worker.models.speech_head import SpeechHead
from worker.voiceprints.calibration import Calibration
from worker.voiceprints.scoring import Cohort, Pieces
from worker.voiceprints.space import VoiceSpace

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Learned:
    """A voice space, the cohort and the calibration of its scores, and a head that hears speech."""

    space: VoiceSpace
    cohort: Cohort
    calibration: Calibration
    head: SpeechHead

    def to_tensors(self) -> dict[str, Array]:
        """Names and values, as they stand in the file."""
        tensors = _flat("space", self.space) | _flat("calibration", self.calibration)
        for kind in ("exemplars", "utterances"):
            for line, pieces in zip(Line, getattr(self.cohort, kind), strict=True):
                tensors |= _flat(f"{kind}.{line}", pieces)
        state = {name: value for name, value in self.head.state_dict().items() if value.is_floating_point()}
        return tensors | {f"head.{name}": value.numpy() for name, value in state.items()}


def load_learned(path: Path) -> Learned:
    """Read what ``Learned.to_tensors`` wrote. Raises ModelPackError where another version did."""
    from safetensors.numpy import load_file

    try:
        return _learned(load_file(path))
    except KeyError as missing:
        raise ModelPackError(f"{path} has no {missing}: run `make models`.") from None


def _learned(tensors: dict[str, Array]) -> Learned:
    space, cohort = space_and_cohort(tensors)
    head = SpeechHead(tensors["head.first.weight"].shape[1])
    weights = {name[5:]: torch.from_numpy(one) for name, one in tensors.items() if name.startswith("head.")}
    # How many batches it was trained on stands beside the weights, and is not kept.
    head.load_state_dict(weights, strict=False)
    return Learned(space, cohort, _made(Calibration, tensors, "calibration"), head.eval())


def space_and_cohort(tensors: dict[str, Array]) -> tuple[VoiceSpace, Cohort]:
    """What scores are made of, out of the file's tensors."""
    kinds = ("exemplars", "utterances")
    cohort = Cohort(*[[_made(Pieces, tensors, f"{kind}.{line}") for line in Line] for kind in kinds])
    return _made(VoiceSpace, tensors, "space"), cohort


def _flat(prefix: str, values: Any) -> dict[str, Array]:
    return {f"{prefix}.{one.name}": getattr(values, one.name) for one in fields(values)}


def _made(kind: type[Any], tensors: dict[str, Array], prefix: str) -> Any:
    return kind(*[tensors[f"{prefix}.{one.name}"] for one in fields(kind)])
