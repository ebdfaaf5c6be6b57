"""Bringing a job's audio to a local file: out of the blob store, or from the url the caller named."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import requests

from shared.blobs import BlobStore
from shared.egress import EgressGuard, GuardedSession
from shared.errors import AudioLost, AudioUnreachable, ContentTooLarge
from shared.store.schema import Job
from worker.audio.scratch import disk_faults, scratch_folder
from worker.patience import patiently

CONNECT_SECONDS, SILENCE_SECONDS, DOWNLOAD_SECONDS = 10, 20, 300
# Somebody may be making room on the disk, or the blob store is restarted; then the job fails for it.
STORE_PATIENCE_SECONDS = 60
MAX_REDIRECTS = 3
CHUNK_BYTES = 64 * 1024
OK = 200


@contextmanager
def fetched_audio(job: Job, blobs: BlobStore, guard: EgressGuard, max_bytes: int) -> Iterator[Path]:
    """A local file with the job's audio; it is gone after the block, whatever happened.

    Raises AudioUnreachable, ContentTooLarge, EgressDenied, AudioLost and StorageUnavailable.
    """
    with scratch_folder() as folder:
        path = folder / "audio"
        patiently(lambda: _fetch(job, path, blobs, guard, max_bytes), seconds=STORE_PATIENCE_SECONDS)
        yield path


def _fetch(job: Job, path: Path, blobs: BlobStore, guard: EgressGuard, max_bytes: int) -> None:
    if job.audio_url:
        _download(job.audio_url, path, guard, max_bytes)
    else:
        _copy_blob(str(job.blob_key), path, blobs)


def _copy_blob(key: str, path: Path, blobs: BlobStore) -> None:
    try:
        blobs.fetch(key, str(path))
    except FileNotFoundError:
        raise AudioLost("The stored audio is gone; send the request again.") from None


def _download(url: str, path: Path, guard: EgressGuard, max_bytes: int) -> None:
    try:
        with (
            GuardedSession(guard, "url", DOWNLOAD_SECONDS) as session,
            _followed(session, url) as response,
        ):
            _save(response, path, max_bytes)
    except requests.RequestException as error:
        raise AudioUnreachable(
            f"url could not be fetched within {DOWNLOAD_SECONDS} s ({type(error).__name__}); "
            "check that the service can reach it.",
            field="url",
        ) from None


def _followed(session: requests.Session, url: str) -> requests.Response:
    """The answer at the end of a few redirects. Each is closed unread: its body may be of any size."""
    for _ in range(1 + MAX_REDIRECTS):
        response = session.get(
            url,
            stream=True,
            allow_redirects=False,
            timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
            # A body that unpacks on arrival could be far larger than its bytes on the wire.
            headers={"Accept-Encoding": "identity", "User-Agent": "Rollcall"},
        )
        if response.status_code == OK:
            return response
        response.close()
        if not response.is_redirect:
            raise AudioUnreachable(
                f"url answered with status {response.status_code}; it must answer 200 with the audio.",
                field="url",
            )
        url = urljoin(url, response.headers["Location"])
    raise AudioUnreachable(
        f"url redirects more than {MAX_REDIRECTS} times; give the last address.", field="url"
    )


def _save(response: requests.Response, path: Path, max_bytes: int) -> None:
    received = 0
    with disk_faults():
        file = path.open("wb")
    with file:
        for chunk in response.iter_content(CHUNK_BYTES):
            received += len(chunk)
            if received > max_bytes:
                raise ContentTooLarge(
                    f"url holds more than {max_bytes} bytes; send it compressed.", field="url"
                )
            with disk_faults():
                file.write(chunk)
    expected = response.headers.get("Content-Length", "")
    if expected.isdecimal() and int(expected) != received:
        raise AudioUnreachable(f"url ended after {received} of {expected} bytes; try again.", field="url")
