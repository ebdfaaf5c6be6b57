"""What every blob store promises: the same tests over a folder and over a server that speaks S3."""

import io
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import psutil
import pytest

from shared.blobs import PART_BYTES, BlobStore
from shared.errors import StorageUnavailable
from shared.store.schema import new_id
from tests.s3 import S3Server

LARGE_BYTES = 12 * PART_BYTES + 1
KEY = "tenant/job"


@pytest.fixture
def bucket(s3: S3Server, as_user: None) -> BlobStore:
    """A store in a bucket of the test's own."""
    name = f"bucket-{new_id()}"
    s3.make_bucket(name)
    return BlobStore(f"s3://{name}/recordings")


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """An empty store: each test that takes it runs on both."""
    if request.param == "folder":
        return BlobStore(str(tmp_path / "blobs"))
    return request.getfixturevalue("bucket")


def fetched(blobs: BlobStore, key: str = KEY) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        blobs.fetch(key, file.name)
        return Path(file.name).read_bytes()


def keys(blobs: BlobStore) -> list[str]:
    return sorted(blob.key for blob in blobs.all())


def test_what_was_stored_is_fetched(blobs: BlobStore) -> None:
    blobs.put(KEY, io.BytesIO(b"sound"))
    assert fetched(blobs) == b"sound"


def test_a_source_is_stored_from_its_beginning(blobs: BlobStore) -> None:
    source = io.BytesIO(b"sound")
    source.read()
    blobs.put(KEY, source)
    assert fetched(blobs) == b"sound"


@pytest.mark.parametrize("size", [0, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES])
def test_a_blob_of_any_size_is_whole(blobs: BlobStore, size: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    blobs.put(KEY, io.BytesIO(content[:size]))
    assert fetched(blobs) == content[:size]


def test_a_blob_that_is_stored_again_is_the_new_one(blobs: BlobStore) -> None:
    for content in (b"long ago", b"now"):
        blobs.put(KEY, io.BytesIO(content))
    assert fetched(blobs) == b"now"


def test_a_blob_that_is_missing_is_not_found(blobs: BlobStore) -> None:
    blobs.put("tenant/another", io.BytesIO(b"sound"))
    with pytest.raises(FileNotFoundError):
        fetched(blobs)


def test_a_deleted_blob_is_gone(blobs: BlobStore) -> None:
    blobs.put(KEY, io.BytesIO(b"sound"))
    blobs.delete(KEY)
    with pytest.raises(FileNotFoundError):
        fetched(blobs)


def test_deleting_twice_is_no_error(blobs: BlobStore) -> None:
    blobs.put(KEY, io.BytesIO(b"sound"))
    blobs.delete(KEY)
    blobs.delete(KEY)
    assert keys(blobs) == []


def test_an_empty_store_lists_nothing(blobs: BlobStore) -> None:
    assert keys(blobs) == []


def test_all_blobs_are_listed_with_their_jobs(blobs: BlobStore) -> None:
    for key in ("one/a", "one/b", "two/c"):
        blobs.put(key, io.BytesIO(b"sound"))
    assert [(blob.key, blob.job_id) for blob in sorted(blobs.all(), key=lambda blob: blob.key)] == [
        ("one/a", "a"),
        ("one/b", "b"),
        ("two/c", "c"),
    ]


def test_what_others_store_meanwhile_is_listed(blobs: BlobStore, request: pytest.FixtureRequest) -> None:
    keys(blobs)
    BlobStore(blobs._url).put(KEY, io.BytesIO(b"sound"))
    assert keys(blobs) == [KEY]


def test_a_blob_says_when_it_was_stored(blobs: BlobStore) -> None:
    blobs.put(KEY, io.BytesIO(b"sound"))
    (blob,) = blobs.all()
    assert abs(datetime.now(UTC) - blob.modified_at) < timedelta(seconds=60)


class Breaking(io.BytesIO):
    """A source that cannot be read to its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > PART_BYTES:
            raise OSError("the disk is gone")
        return super().read(size)


def test_nothing_is_left_of_what_could_not_be_stored_whole(blobs: BlobStore) -> None:
    with pytest.raises(StorageUnavailable):
        blobs.put(KEY, Breaking(bytes(3 * PART_BYTES)))
    assert keys(blobs) == []


def test_no_part_of_it_is_left_in_the_bucket(bucket: BlobStore, s3: S3Server) -> None:
    with pytest.raises(StorageUnavailable):
        bucket.put(KEY, Breaking(bytes(3 * PART_BYTES)))
    name = bucket._url.split("/")[2]
    assert s3.client().list_multipart_uploads(Bucket=name).get("Uploads", []) == []


@pytest.fixture
def large() -> Iterator[IO[bytes]]:
    """A sparse file of which no page is in memory."""
    with tempfile.TemporaryFile() as file:
        file.truncate(LARGE_BYTES)
        yield file


class Peak:
    """How much this process's memory grew at most during a block."""

    def __enter__(self) -> "Peak":
        self._process = psutil.Process()
        self._before = self.most = self._process.memory_info().rss
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            self.most = max(self.most, self._process.memory_info().rss)

    @property
    def grown_bytes(self) -> int:
        return self.most - self._before


def test_a_large_blob_is_never_whole_in_memory(blobs: BlobStore, large: IO[bytes], tmp_path: Path) -> None:
    blobs.put("tenant/first", io.BytesIO(b"opens the connections"))
    with Peak() as peak:
        blobs.put(KEY, large)
        blobs.fetch(KEY, str(tmp_path / "fetched"))
    stored = (tmp_path / "fetched").stat().st_size
    assert (stored, peak.grown_bytes < LARGE_BYTES / 2) == (LARGE_BYTES, True), peak.grown_bytes


def test_a_store_serves_the_child_of_the_process_that_opened_it(bucket: BlobStore) -> None:
    # As Celery forks its pool after the services were made.
    import billiard

    bucket.put(KEY, io.BytesIO(b"sound"))
    child = billiard.Process(target=bucket.put, args=("tenant/of_the_child", io.BytesIO(b"more")))
    child.start()
    child.join(30)
    assert (child.exitcode, keys(bucket)) == (0, [KEY, "tenant/of_the_child"])


def test_a_store_that_nothing_speaks_to_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="ROLLCALL_BLOB_URL"):
        BlobStore("nonsense://bucket")
