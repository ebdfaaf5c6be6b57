"""A model pack: a folder of weights and a manifest that says where each comes from and how it is used."""

import hashlib
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MANIFEST: Final = "manifest.json"


class ModelPackError(Exception):
    """The pack is missing or damaged: for whoever runs the service, not for its callers."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackFile(_Frozen):
    """One file of weights, relative to the pack's folder, and the file in a distribution it was made from."""

    path: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    source: str
    source_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str


class SegmentationSpec(_Frozen):
    """A network that finds up to ``num_speakers`` voices in ``chunk_seconds`` of audio."""

    architecture: Literal["PyanNet"] = "PyanNet"
    weights: str
    sincnet_stride: int
    lstm_size: int
    lstm_layers: int
    linear_size: int
    linear_layers: int
    chunk_seconds: float
    num_speakers: int


class EmbeddingSpec(_Frozen):
    """A network that turns speech into a vector of ``dimension`` numbers."""

    architecture: Literal["GE2E"] = "GE2E"
    weights: str
    num_mels: int
    lstm_size: int
    lstm_layers: int
    dimension: int
    level_dbfs: float
    window_frames: int


class Manifest(_Frozen):
    """What `manifest.json` holds."""

    name: str
    version: int
    files: tuple[PackFile, ...]
    segmentation: SegmentationSpec
    embedding: EmbeddingSpec
    learned: str


class ModelPack:
    """A pack whose files are all there and unchanged."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def open(cls, folder: Path) -> "ModelPack":
        """Read and verify the pack in ``folder``. Raises ModelPackError, which says how to repair it."""
        try:
            manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
        except OSError:
            raise ModelPackError(f"There is no model pack in {folder}: run `make models`.") from None
        except ValidationError as error:
            raise ModelPackError(
                f"{folder / MANIFEST} is not a manifest this version can use "
                f"({error.error_count()} errors): run `make models`."
            ) from None
        for file in manifest.files:
            _verify(folder / file.path, file.sha256)
        return cls(folder, manifest)

    @property
    def model_id(self) -> str:
        """Names the space of the pack's voiceprints, `embedded@1`; those of another cannot be compared."""
        return f"{self.manifest.name}@{self.manifest.version}"

    @property
    def segmentation_weights(self) -> Path:
        """Safetensors file of the segmentation network."""
        return self.folder / self.manifest.segmentation.weights

    @property
    def learned(self) -> Path:
        """Safetensors file of what was learned for these networks: voice space, cohort, calibration, head."""
        return self.folder / self.manifest.learned

    @property
    def embedding_weights(self) -> Path:
        """Safetensors file of the embedding network."""
        return self.folder / self.manifest.embedding.weights


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _verify(path: Path, sha256: str) -> None:
    try:
        found = sha256_of(path)
    except OSError:
        raise ModelPackError(f"The model pack has no {path}: run `make models`.") from None
    if found != sha256:
        raise ModelPackError(f"{path} is damaged, its SHA-256 is not the manifest's: run `make models`.")
