"""Bringing a job's audio to a local file: out of the blob store, or from the url the caller named."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.blobs import BlobStore
from shared.domain import AudioSource
from shared.egress import EgressGuard
from shared.errors import AudioLost
from worker.audio.downloading import download
from worker.audio.scratch import scratch_folder
from worker.patience import patiently

# Somebody may be making room on the disk, or the blob store is restarted; then the job fails for it.
STORE_PATIENCE_SECONDS = 60


@contextmanager
def fetched_audio(
    source: AudioSource, blobs: BlobStore, guard: EgressGuard, max_bytes: int
) -> Iterator[Path]:
    """A local file with the audio; it is gone after the block, whatever happened.

    Raises AudioUnreachable, ContentTooLarge, InvalidField, EgressDenied, AudioLost and StorageUnavailable.
    """
    with scratch_folder() as folder:
        path = folder / "audio"
        patiently(lambda: _fetch(source, path, blobs, guard, max_bytes), seconds=STORE_PATIENCE_SECONDS)
        yield path


def _fetch(source: AudioSource, path: Path, blobs: BlobStore, guard: EgressGuard, max_bytes: int) -> None:
    if source.url:
        download(source.url, path, guard, max_bytes)
    else:
        _copy_blob(str(source.blob_key), path, blobs)


def _copy_blob(key: str, path: Path, blobs: BlobStore) -> None:
    try:
        blobs.fetch(key, str(path))
    except FileNotFoundError:
        raise AudioLost("The stored audio is gone; send the request again.") from None
