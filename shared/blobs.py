"""Audio on its way to a worker (a claim check: the queue carries no audio).

Any fsspec URL will do; a folder by default. Keys are ``<tenant>/<job>``.
"""

import contextlib
import posixpath
import shutil
from typing import IO

import fsspec
from fsspec.core import url_to_fs

COPIED_BYTES = 1024 * 1024


class BlobStore:
    """Bytes under keys."""

    def __init__(self, url: str) -> None:
        self._files: fsspec.AbstractFileSystem
        self._files, self._root = url_to_fs(url)

    def put(self, key: str, source: IO[bytes]) -> None:
        """Store all of ``source``: a reader never sees half of it."""
        target = self._path(key)
        self._files.makedirs(posixpath.dirname(target), exist_ok=True)
        draft = f"{target}.part"
        try:
            source.seek(0)
            with self._files.open(draft, "wb") as file:
                shutil.copyfileobj(source, file, COPIED_BYTES)
            self._files.mv(draft, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                self._files.rm_file(draft)
            raise

    def fetch(self, key: str, local_path: str) -> None:
        """Copy a blob to a local file. Raises FileNotFoundError."""
        self._files.get_file(self._path(key), local_path)

    def delete(self, key: str) -> None:
        """Remove a blob; nothing happens if it is gone already."""
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(key))

    def keys(self) -> list[str]:
        """Every key there is."""
        found = self._files.find(self._root)
        return [posixpath.relpath(path, self._root) for path in found]

    def _path(self, key: str) -> str:
        return posixpath.join(self._root, key)
