"""Audio on its way to a worker (a claim check: the queue carries no audio).

A folder by default, an S3 bucket for a fleet, and any other fsspec URL. Keys are ``<tenant>/<job>``.
Credentials come from where the store's own programs have them, for S3 ``AWS_…`` variables, a profile or the
machine's role; they are in no URL, and so in no log.
"""

import contextlib
import os
import posixpath
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, Final

import fsspec
from fsspec.core import split_protocol, url_to_fs
from fsspec.implementations.local import LocalFileSystem

from shared.durable_files import COPIED_BYTES, write_durably
from shared.errors import StorageUnavailable
from shared.logging import log

DRAFT_SUFFIX: Final = ".part"
# What is larger goes to an object store in parts of this size, the smallest that S3 takes.
PART_BYTES: Final = 5 * 1024 * 1024
S3_OPTIONS: Final[dict[str, Any]] = {
    # Others write to the bucket as well, and credentials may have changed since the last store was opened.
    "use_listings_cache": False,
    "skip_instance_cache": True,
    "default_block_size": PART_BYTES,
    "max_concurrency": 1,
    "config_kwargs": {
        "connect_timeout": 5,
        "read_timeout": 20,
        "retries": {"mode": "standard", "max_attempts": 3},
        "max_pool_connections": 32,
    },
}
OPTIONS: Final = {"s3": S3_OPTIONS, "s3a": S3_OPTIONS}


@dataclass(frozen=True)
class Blob:
    """A stored recording, or what is left of one that was never finished."""

    key: str
    job_id: str
    modified_at: datetime


class BlobStore:
    """Bytes under keys. Its methods raise StorageUnavailable for whatever is wrong with the store.

    Raises ValueError for a URL whose protocol nothing here speaks.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._protocol = split_protocol(url)[0] or "file"
        try:
            fsspec.get_filesystem_class(self._protocol)
        except (ImportError, ValueError) as error:
            raise ValueError(f"ROLLCALL_BLOB_URL: {self._protocol}:// cannot be used: {error}") from None
        self._opened: tuple[int, fsspec.AbstractFileSystem, str] | None = None

    def put(self, key: str, source: IO[bytes]) -> None:
        """Store all of ``source``: a reader never sees half of it."""
        with _storage_faults("put"):
            source.seek(0)
            if isinstance(self._files, LocalFileSystem):
                self._put_in_folder(self._path(key), source)
            else:
                self._put_object(self._path(key), source)

    def fetch(self, key: str, local_path: str) -> None:
        """Copy a blob to a local file. Raises FileNotFoundError."""
        with _storage_faults("fetch"):
            self._files.get_file(self._path(key), local_path)

    def opened(self, key: str) -> tuple[IO[bytes], int]:
        """A blob to read from, which can seek, and its size in bytes. Raises FileNotFoundError."""
        with _storage_faults("fetch"):
            path = self._path(key)
            size: int = self._files.info(path)["size"]
            file: IO[bytes] = self._files.open(path, "rb")
            return file, size

    def delete(self, key: str) -> None:
        """Remove a blob; nothing happens if it is gone already."""
        with contextlib.suppress(FileNotFoundError), _storage_faults("delete"):
            self._files.rm_file(self._path(key))

    def all(self) -> Iterator[Blob]:
        """Every blob there is, drafts too."""
        with _storage_faults("list"):
            found: dict[str, dict[str, Any]] = self._files.find(self._root, detail=True)
        for path, details in found.items():
            key = posixpath.relpath(path, self._root)
            job_id = posixpath.basename(key).removesuffix(DRAFT_SUFFIX)
            yield Blob(key, job_id, _modified_at(details))

    def _put_in_folder(self, target: str, source: IO[bytes]) -> None:
        draft = f"{target}{DRAFT_SUFFIX}"
        try:
            write_durably(source, draft, target)
        except BaseException:
            with contextlib.suppress(Exception):
                self._files.rm_file(draft)
            raise

    def _put_object(self, target: str, source: IO[bytes]) -> None:
        """An object is there once its last part is and the store was told so."""
        beginning = source.read(PART_BYTES)
        if len(beginning) < PART_BYTES:
            self._files.pipe_file(target, beginning)
            return
        source.seek(0)
        file = self._files.open(target, "wb", autocommit=False)
        try:
            shutil.copyfileobj(source, file, COPIED_BYTES)
            file.close()
            file.commit()
        except BaseException:
            with contextlib.suppress(Exception):
                file.discard()
            # Or it would be finished when Python clears it away.
            file.closed = True
            raise

    @property
    def _files(self) -> fsspec.AbstractFileSystem:
        return self._open()[0]

    @property
    def _root(self) -> str:
        return self._open()[1]

    def _open(self) -> tuple[fsspec.AbstractFileSystem, str]:
        """The file system, opened by the process that uses it: connections do not survive a fork."""
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = (os.getpid(), *url_to_fs(self._url, **OPTIONS.get(self._protocol, {})))
        return self._opened[1:]

    def _path(self, key: str) -> str:
        return posixpath.join(self._root, key)


@contextlib.contextmanager
def _storage_faults(doing: str) -> Iterator[None]:
    """Every file system has exceptions of its own; to callers they all say the same."""
    try:
        yield
    except Exception as error:
        if isinstance(error, FileNotFoundError) and not _is_about_the_bucket(error):
            raise
        log.error("blob_store_failed", doing=doing, error=type(error).__name__, detail=str(error))
        raise StorageUnavailable(
            "Audio cannot be stored or read at the moment; send the request again shortly."
        ) from error


def _is_about_the_bucket(error: FileNotFoundError) -> bool:
    """S3 says with one exception that an object is not there, and that nothing is."""
    answer: dict[str, Any] = getattr(error.__cause__, "response", {})
    return bool(answer.get("Error", {}).get("Code") == "NoSuchBucket")


def _modified_at(details: dict[str, Any]) -> datetime:
    """A folder tells seconds, S3 a moment; what tells nothing counts as new."""
    told = details.get("LastModified", details.get("mtime"))
    if isinstance(told, datetime):
        return told
    return datetime.fromtimestamp(told, UTC) if told is not None else datetime.now(UTC)
