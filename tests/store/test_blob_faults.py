"""S3 that is away or has no such bucket is one typed error, and credentials are in no word about it."""

import io
import logging
import tempfile
from collections.abc import Callable, Iterator

import pytest

from deploy.local.checks import free_port
from shared.blobs import PART_BYTES, BlobStore
from shared.errors import StorageUnavailable
from shared.logging import configure_logging
from shared.store.schema import new_id
from tests.s3 import KEY_ID, SECRET

KEY = "tenant/job"


def fetched(blobs: BlobStore) -> None:
    with tempfile.NamedTemporaryFile() as file:
        blobs.fetch(KEY, file.name)


CALLS: dict[str, Callable[[BlobStore], object]] = {
    "put": lambda blobs: blobs.put(KEY, io.BytesIO(b"sound")),
    "put a large one": lambda blobs: blobs.put(KEY, io.BytesIO(bytes(PART_BYTES + 1))),
    "fetch": fetched,
    "delete": lambda blobs: blobs.delete(KEY),
    "list": lambda blobs: list(blobs.all()),
}


@pytest.fixture
def gone(as_user: None, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    """A bucket whose server does not answer any more."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{free_port()}")
    return BlobStore(f"s3://gone-{new_id()}/recordings")


@pytest.mark.parametrize("name", CALLS)
def test_a_server_that_is_gone_is_unavailable(gone: BlobStore, name: str) -> None:
    with pytest.raises(StorageUnavailable):
        CALLS[name](gone)


@pytest.mark.parametrize("name", [name for name in CALLS if name != "list"])
def test_a_bucket_that_does_not_exist_is_unavailable(as_user: None, name: str) -> None:
    with pytest.raises(StorageUnavailable):
        CALLS[name](BlobStore(f"s3://nobody-made-{new_id()}/recordings"))


@pytest.mark.parametrize("name", CALLS)
def test_credentials_are_in_no_log_and_no_error(
    gone: BlobStore, name: str, capfd: pytest.CaptureFixture[str], every_word_logged: None
) -> None:
    with pytest.raises(StorageUnavailable) as met:
        CALLS[name](gone)
    told = "".join(capfd.readouterr()) + repr(met.value) + repr(met.value.__cause__)
    assert (SECRET in told, KEY_ID in told, "blob_store_failed" in told) == (False, False, True)


@pytest.fixture
def every_word_logged() -> Iterator[None]:
    """Logs go where they go in a process that logs all it can."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    configure_logging("DEBUG")
    yield
    root.handlers, root.level = before
