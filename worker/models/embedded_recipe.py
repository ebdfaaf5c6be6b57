"""What the `embedded` pack is made of: where its weights come from, and how the networks are used."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True)
class Origin:
    """A file of weights inside a distribution of the package index."""

    weights: str
    requirement: str
    wheel_sha256: str
    member: str
    member_sha256: str
    entry: str
    licence: str
    unused: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """What the manifest says about where the weights are from."""
        return f"https://pypi.org/project/{self.requirement.replace('==', '/')}/ {self.member}"


ORIGINS: Final = (
    Origin(
        weights="segmentation.safetensors",
        requirement="whisperx==3.8.6",
        wheel_sha256="cb6d4fcd3fb6c42305cb8b222a33a0b78f6b657e9db3b714345fe43dc0a69c1f",
        member="whisperx/assets/pytorch_model.bin",
        member_sha256="0b5b3216d60a2d32fc086b47ea8c67589aaeb26b7e07fcbe620d6d0b83e209ea",
        entry="state_dict",
        licence="MIT, Copyright CNRS (pyannote segmentation, 2021)",
    ),
    Origin(
        weights="embedding.safetensors",
        requirement="Resemblyzer==0.1.4",
        wheel_sha256="8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
        member="resemblyzer/pretrained.pt",
        member_sha256="39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
        entry="model_state",
        licence="Apache-2.0, Copyright Resemble AI (GE2E voice encoder)",
        # The scale of the loss it was trained with.
        unused=("similarity_weight", "similarity_bias"),
    ),
)

LEARNED: Final = Path(__file__).with_name("embedded_voices.safetensors")
"""Made by ``python -m training`` and kept in this repository."""

LEARNED_SOURCE: Final = "python -m training, on 113 voices of LibriSpeech train-clean-100"
LEARNED_LICENCE: Final = "MIT; learned from LibriSpeech, CC BY 4.0, V. Panayotov et al."

DESCRIPTION: Final[dict[str, Any]] = {
    "name": "embedded",
    "version": 3,
    "segmentation": {
        "weights": "segmentation.safetensors",
        "sincnet_stride": 10,
        "lstm_size": 128,
        "lstm_layers": 4,
        "linear_size": 128,
        "linear_layers": 2,
        "chunk_seconds": 5.0,
        "num_speakers": 3,
    },
    "embedding": {
        "weights": "embedding.safetensors",
        "num_mels": 40,
        "lstm_size": 256,
        "lstm_layers": 3,
        "dimension": 256,
        "level_dbfs": -30.0,
        "window_frames": 160,
    },
    "learned": "voices.safetensors",
}
