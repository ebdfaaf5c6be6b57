"""A folder with the layout of pyannote's community-1 pipeline, from the hub or a copy of one.

config.yaml                       how the parts are used
segmentation/pytorch_model.bin    PyanNet, sets of voices
embedding/pytorch_model.bin       WeSpeaker's ResNet34
plda/xvec_transform.npz, plda.npz
"""

import hashlib
from pathlib import Path
from typing import Any, Final, Literal
from zipfile import BadZipFile

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from worker.models.pack import MANIFEST, ModelPackError, sha256_of

NAME: Final = "community-1"
CONFIG: Final = "config.yaml"
SEGMENTATION: Final = "segmentation/pytorch_model.bin"
EMBEDDING: Final = "embedding/pytorch_model.bin"
PLDA_TRANSFORM: Final = "plda/xvec_transform.npz"
PLDA_MODEL: Final = "plda/plda.npz"
FILES: Final = (CONFIG, SEGMENTATION, EMBEDDING, PLDA_TRANSFORM, PLDA_MODEL)


class _Read(BaseModel):
    # What is not known here is about training, or about how the parts are loaded.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Parts(_Read):
    """How the pipeline is put together. ``segmentation_step`` is a share of a chunk's length."""

    segmentation: Literal["$model/segmentation"]
    embedding: Literal["$model/embedding"]
    plda: Literal["$model/plda"]
    clustering: Literal["VBxClustering"] = "VBxClustering"
    segmentation_step: float = Field(default=0.1, gt=0, le=1)
    embedding_exclude_overlap: bool = False


class Pipeline(_Read):
    """Which pipeline it is."""

    name: Literal["pyannote.audio.pipelines.SpeakerDiarization"]
    params: Parts


class Joining(_Read):
    """Pauses of a voice no longer than ``min_duration_off`` seconds are part of its turn."""

    min_duration_off: float = Field(default=0.0, ge=0)


class Clustering(_Read):
    """Parameters of VBx: the first threshold, and its two scales (F. Landini et al., 2022)."""

    threshold: float = 0.6
    acoustic_scale: float = Field(default=0.07, validation_alias="Fa")
    speaker_scale: float = Field(default=0.8, validation_alias="Fb")


class Tuned(_Read):
    """What was tuned."""

    segmentation: Joining = Joining()
    clustering: Clustering = Clustering()


class CommunityConfig(_Read):
    """What `config.yaml` holds."""

    pipeline: Pipeline
    params: Tuned = Tuned()


class CommunityPack:
    """A folder in which every file is there. Whether they can be used shows when they are loaded."""

    def __init__(self, folder: Path, config: CommunityConfig) -> None:
        self.folder = folder
        self.config = config

    @classmethod
    def open(cls, folder: Path) -> "CommunityPack":
        """Read the configuration in ``folder``. Raises ModelPackError, which says what to do."""
        lacking = missing_files(folder)
        if lacking:
            raise ModelPackError(f"{folder} lacks {', '.join(lacking)}: copy the whole of {NAME} there.")
        try:
            config = CommunityConfig.model_validate(yaml.safe_load((folder / CONFIG).read_text()))
        except (yaml.YAMLError, UnicodeDecodeError, ValidationError):
            raise ModelPackError(
                f"{folder / CONFIG} does not describe a pipeline like {NAME}: copy the whole of it again."
            ) from None
        return cls(folder, config)

    @property
    def model_id(self) -> str:
        """Names the space of the voiceprints by what makes it, `community-1@0123abcd`."""
        made_by = (EMBEDDING, PLDA_TRANSFORM, PLDA_MODEL)
        digests = "".join(sha256_of(self.folder / name) for name in made_by)
        return f"{NAME}@{hashlib.sha256(digests.encode()).hexdigest()[:8]}"

    def load_plda(self) -> Any:
        """pyannote's PLDA: embeddings (num_embeddings, dimension) to points (num_embeddings, num_dimensions).

        Raises ModelPackError.
        """
        from pyannote.audio.core.plda import PLDA

        try:
            # numpy does not unpickle unless it is asked to.
            return PLDA(self.folder / PLDA_TRANSFORM, self.folder / PLDA_MODEL)
        except (OSError, KeyError, ValueError, BadZipFile):
            raise ModelPackError(
                f"The files in {self.folder / 'plda'} are damaged: copy them again."
            ) from None


def is_community(folder: Path) -> bool:
    """Whether ``folder`` has this layout, or is named for it and still to be fetched."""
    return (folder / CONFIG).is_file() or (folder.name == NAME and not (folder / MANIFEST).is_file())


def missing_files(folder: Path) -> list[str]:
    """The files of the layout that ``folder`` lacks."""
    return [name for name in FILES if not (folder / name).is_file()]
