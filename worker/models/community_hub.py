"""Fetch community-1 from the hub, for those who have accepted its conditions there."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from shared.settings.environment import default_environment
from worker.models.community_pack import FILES, NAME, missing_files
from worker.models.pack import ModelPackError

REPOSITORY: Final = "pyannote/speaker-diarization-community-1"

Download = Callable[..., object]
"""Like ``huggingface_hub.snapshot_download``."""


def fetch_community(folder: Path, token: str | None = None, download: Download | None = None) -> Path:
    """``folder``, with everything of community-1 in it; what is there already is not asked for again.

    Without a ``token``, the hub's library takes the one in ``HF_TOKEN``, or of its own login.
    Raises ModelPackError, which says what to do.
    """
    if not missing_files(folder):
        return folder
    try:
        (download or _snapshot_download())(
            REPOSITORY, local_dir=folder, allow_patterns=list(FILES), token=token
        )
    # The hub's library has a dozen errors of its own, beside those of HTTP clients it has changed before.
    except Exception as error:
        raise ModelPackError(_remedy(folder, f"failed with {type(error).__name__}")) from error
    lacking = missing_files(folder)
    if lacking:
        raise ModelPackError(_remedy(folder, f"brought no {', '.join(lacking)}"))
    return folder


def _snapshot_download() -> Download:
    default_environment("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download

    return snapshot_download


def _remedy(folder: Path, outcome: str) -> str:
    return (
        f"Downloading {NAME} {outcome}. Accept its conditions on https://huggingface.co/{REPOSITORY} and "
        f"set HF_TOKEN to a token that may read it; or, without the hub, copy its files to {folder}."
    )
