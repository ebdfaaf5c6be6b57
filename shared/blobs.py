"""Audio on its way to a worker (a claim check: the queue carries no audio).

Any fsspec URL will do; a folder by default. Keys are ``<tenant>/<job>``.
"""

import contextlib
import posixpath
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

import fsspec
from fsspec.core import url_to_fs

from shared.errors import StorageUnavailable
from shared.logging import log

COPIED_BYTES = 1024 * 1024
DRAFT_SUFFIX = ".part"


@dataclass(frozen=True)
class Blob:
    """A stored recording, or what is left of one that was never finished."""

    key: str
    job_id: str
    modified_at: datetime


class BlobStore:
    """Bytes under keys. Its methods raise StorageUnavailable for whatever is wrong with the store."""

    def __init__(self, url: str) -> None:
        self._files: fsspec.AbstractFileSystem
        self._files, self._root = url_to_fs(url)

    def put(self, key: str, source: IO[bytes]) -> None:
        """Store all of ``source``: a reader never sees half of it."""
        target = self._path(key)
        draft = f"{target}{DRAFT_SUFFIX}"
        with _storage_faults("put"):
            try:
                self._files.makedirs(posixpath.dirname(target), exist_ok=True)
                source.seek(0)
                with self._files.open(draft, "wb") as file:
                    shutil.copyfileobj(source, file, COPIED_BYTES)
                self._files.mv(draft, target)
            except BaseException:
                with contextlib.suppress(Exception):
                    self._files.rm_file(draft)
                raise

    def fetch(self, key: str, local_path: str) -> None:
        """Copy a blob to a local file. Raises FileNotFoundError."""
        with _storage_faults("fetch"):
            self._files.get_file(self._path(key), local_path)

    def delete(self, key: str) -> None:
        """Remove a blob; nothing happens if it is gone already."""
        with _storage_faults("delete"), contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(key))

    def all(self) -> Iterator[Blob]:
        """Every blob there is, drafts too."""
        with _storage_faults("list"):
            found: dict[str, dict[str, Any]] = self._files.find(self._root, detail=True)
        for path, details in found.items():
            key = posixpath.relpath(path, self._root)
            job_id = posixpath.basename(key).removesuffix(DRAFT_SUFFIX)
            yield Blob(key, job_id, _modified_at(details))

    def _path(self, key: str) -> str:
        return posixpath.join(self._root, key)


@contextlib.contextmanager
def _storage_faults(doing: str) -> Iterator[None]:
    """Every file system has exceptions of its own; to callers they all say the same."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        log.error("blob_store_failed", doing=doing, error=type(error).__name__, detail=str(error))
        raise StorageUnavailable(
            "Audio cannot be stored or read at the moment; send the request again shortly."
        ) from error


def _modified_at(details: dict[str, Any]) -> datetime:
    """A folder tells seconds, S3 a moment; what tells nothing counts as new."""
    told = details.get("LastModified", details.get("mtime"))
    if isinstance(told, datetime):
        return told
    return datetime.fromtimestamp(told, UTC) if told is not None else datetime.now(UTC)
