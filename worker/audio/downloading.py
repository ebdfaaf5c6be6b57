"""Bringing audio from the url that a caller named, whatever the other side does."""

import time
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import requests

from shared.egress import EgressGuard, GuardedSession, received
from shared.errors import AudioUnreachable, ContentTooLarge
from worker.audio.scratch import disk_faults

CONNECT_SECONDS: Final = 10
SILENCE_SECONDS: Final = 20
HEAD_SECONDS: Final = 30
"""From a request to the end of its answer's headers, for each hop."""
DOWNLOAD_SECONDS: Final = 300
"""All hops and the body together, however steadily it comes."""
RATE_WINDOW_SECONDS: Final = 20
MINIMUM_BYTES_PER_SECOND: Final = 1024
"""On average over each window: a twentieth of what a spoken MP3 has."""
MAX_REDIRECTS: Final = 3
CHUNK_BYTES: Final = 64 * 1024
OK: Final = 200
PACKED: Final = {"gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd"}


def download(url: str, path: Path, guard: EgressGuard, max_bytes: int) -> None:
    """Write what the url answers to a file; after an error there is none.

    Raises AudioUnreachable, ContentTooLarge, InvalidField, EgressDenied and StorageUnavailable.
    """
    try:
        _fetch(url, path, guard, max_bytes)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _fetch(url: str, path: Path, guard: EgressGuard, max_bytes: int) -> None:
    try:
        with GuardedSession(guard, "url", DOWNLOAD_SECONDS) as session, _followed(session, url) as response:
            _require_plain(response, max_bytes)
            _save(session, response, path, max_bytes)
    except requests.RequestException as error:
        raise AudioUnreachable(
            f"url could not be fetched ({type(error).__name__}); check that the service can reach it, and "
            f"that it answers within {HEAD_SECONDS} s and has sent all within {DOWNLOAD_SECONDS} s.",
            field="url",
        ) from None


def _followed(session: GuardedSession, url: str) -> requests.Response:
    """The answer at the end of a few redirects. Each is closed unread: its body may be of any size."""
    for _ in range(1 + MAX_REDIRECTS):
        with session.within(HEAD_SECONDS):
            response = session.get(
                url,
                stream=True,
                timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
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
        url = _next_address(response, url)
    raise AudioUnreachable(
        f"url redirects more than {MAX_REDIRECTS} times; give the last address.", field="url"
    )


def _next_address(response: requests.Response, url: str) -> str:
    try:
        # Headers are read as Latin-1; who puts other letters into one means UTF-8. Blanks are often left in.
        location = response.headers["Location"].encode("latin-1").decode()
        return urljoin(url, location.strip().replace(" ", "%20"))
    except ValueError:
        raise AudioUnreachable(
            "url redirects to what is no address; give the last address.", field="url"
        ) from None


def _require_plain(response: requests.Response, max_bytes: int) -> None:
    """Refuse by its headers what came packed although it was not to be, or is said to be too large."""
    encoding = response.headers.get("Content-Encoding", "").lower()
    if PACKED.intersection(part.strip() for part in encoding.split(",")):
        raise AudioUnreachable(
            f"url answered with Content-Encoding {encoding[:40]}; it must send the audio as it is.",
            field="url",
        )
    expected = _said_length(response)
    if expected is not None and expected > max_bytes:
        raise _too_large(max_bytes)


def _save(session: GuardedSession, response: requests.Response, path: Path, max_bytes: int) -> None:
    pace = _Pace()
    with disk_faults():
        file = path.open("wb")
    with file:
        for piece in received(response, CHUNK_BYTES):
            pace.add(len(piece))
            if pace.total_bytes > max_bytes:
                raise _too_large(max_bytes)
            with disk_faults():
                file.write(piece)
    session.require_time()
    expected = _said_length(response)
    if expected not in {None, pace.total_bytes}:
        raise AudioUnreachable(
            f"url ended after {pace.total_bytes} of {expected} bytes; try again.", field="url"
        )


def _said_length(response: requests.Response) -> int | None:
    said = response.headers.get("Content-Length", "")
    # What has more digits than this is no length, and too long to be made a number of.
    return int(said) if said.isdecimal() and len(said) < 20 else None  # noqa: PLR2004


def _too_large(max_bytes: int) -> ContentTooLarge:
    return ContentTooLarge(f"url holds more than {max_bytes} bytes; send it compressed.", field="url")


class _Pace:
    """Counts bytes, and refuses a sender who holds a worker up with few of them."""

    def __init__(self) -> None:
        self.total_bytes = 0
        self._started = time.monotonic()
        self._started_bytes = 0

    def add(self, num_bytes: int) -> None:
        """So many bytes more have come. Raises AudioUnreachable if too few came in a whole window."""
        self.total_bytes += num_bytes
        elapsed = time.monotonic() - self._started
        if elapsed < RATE_WINDOW_SECONDS:
            return
        if self.total_bytes - self._started_bytes < MINIMUM_BYTES_PER_SECOND * elapsed:
            raise AudioUnreachable(
                f"url sent less than {MINIMUM_BYTES_PER_SECOND} bytes per second over "
                f"{RATE_WINDOW_SECONDS} s; put the audio where it is sent faster.",
                field="url",
            )
        self._started, self._started_bytes = time.monotonic(), self.total_bytes
