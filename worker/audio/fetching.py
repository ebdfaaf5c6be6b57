"""Bringing a job's audio to a local file: out of the blob store, or from the url the caller named."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from shared.blobs import BlobStore
from shared.egress import EgressGuard, guarded_session
from shared.errors import AudioUnreachable, ContentTooLarge, InternalError
from shared.store.schema import Job

CONNECT_SECONDS, SILENCE_SECONDS, DOWNLOAD_SECONDS = 10, 20, 300
MAX_REDIRECTS = 3
CHUNK_BYTES = 256 * 1024


@contextmanager
def fetched_audio(job: Job, blobs: BlobStore, guard: EgressGuard, max_bytes: int) -> Iterator[Path]:
    """A local file with the job's audio; it is gone after the block, whatever happened.

    Raises AudioUnreachable, ContentTooLarge, EgressDenied, or InternalError for a blob that is lost.
    """
    with TemporaryDirectory(prefix="rollcall-") as folder:
        path = Path(folder) / "audio"
        if job.audio_url:
            _download(job.audio_url, path, guard, max_bytes)
        else:
            _copy_blob(str(job.blob_key), path, blobs)
        yield path


def _copy_blob(key: str, path: Path, blobs: BlobStore) -> None:
    try:
        blobs.fetch(key, str(path))
    except FileNotFoundError:
        raise InternalError("The stored audio is gone; send the request again.") from None


def _download(url: str, path: Path, guard: EgressGuard, max_bytes: int) -> None:
    session = guarded_session(guard, "url")
    session.max_redirects = MAX_REDIRECTS
    try:
        with session, _get(session, url) as response:
            _save(response, path, max_bytes)
    except requests.RequestException as error:
        raise AudioUnreachable(
            f"url could not be fetched ({type(error).__name__}); check that the service can reach it.",
            field="url",
        ) from None


def _get(session: requests.Session, url: str) -> requests.Response:
    response = session.get(
        url,
        stream=True,
        timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
        # A body that unpacks on arrival could be far larger than its bytes on the wire.
        headers={"Accept-Encoding": "identity", "User-Agent": "Rollcall"},
    )
    if not response.ok:
        raise AudioUnreachable(
            f"url answered with status {response.status_code}; it must answer 200 with the audio.",
            field="url",
        )
    return response


def _save(response: requests.Response, path: Path, max_bytes: int) -> None:
    deadline = time.monotonic() + DOWNLOAD_SECONDS
    received = 0
    with path.open("wb") as file:
        for chunk in response.iter_content(CHUNK_BYTES):
            received += len(chunk)
            if received > max_bytes:
                raise ContentTooLarge(
                    f"url holds more than {max_bytes} bytes; send it compressed.", field="url"
                )
            if time.monotonic() > deadline:
                raise AudioUnreachable(
                    f"url took longer than {DOWNLOAD_SECONDS} s to download; use a faster source.",
                    field="url",
                )
            file.write(chunk)
