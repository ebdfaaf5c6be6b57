"""Whatever a peer does, a worker is free again soon after the deadline, small, and with nothing left over."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shared.errors import AudioUnreachable
from tests.security.calling import fetch, guard, hook
from tests.security.hostile import HOSTILE, STEADY, TRUNCATED
from tests.security.measuring import MIB, Ended, measured
from tests.security.servers import HERE, Talk, serving
from worker.audio import downloading
from worker.webhooks import posting

DEADLINE_SECONDS = 0.7
SLACK_SECONDS = 2.0
MOST_GROWTH_BYTES = 64 * MIB
# More than comes before the deadline.
NO_LIMIT = 1 << 40
SMALL_LIMIT = 8 * MIB


@pytest.fixture(scope="module", autouse=True)
def short_deadlines() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(downloading, "DOWNLOAD_SECONDS", DEADLINE_SECONDS)
        patched.setattr(posting, "ATTEMPT_SECONDS", DEADLINE_SECONDS)
        yield


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patched:
        folder = tmp_path_factory.mktemp("scratch")
        patched.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.fixture(scope="module", params=HOSTILE)
def download(request: pytest.FixtureRequest, scratch: Path) -> Ended:
    with serving(HOSTILE[request.param]) as port:
        return measured(lambda: fetch(f"http://{HERE}:{port}/", guard(), SMALL_LIMIT))


@pytest.fixture(scope="module", params=HOSTILE)
def delivery(request: pytest.FixtureRequest) -> Ended:
    with serving(HOSTILE[request.param]) as port:
        return measured(lambda: hook(f"http://{HERE}:{port}/", guard()))


def test_memory_that_is_taken_for_a_moment_is_measured() -> None:
    taken = measured(lambda: str(len(bytes(b"x" * 2 * MOST_GROWTH_BYTES))))
    assert taken.growth_bytes > MOST_GROWTH_BYTES


def test_a_download_has_ended_soon_after_the_deadline(download: Ended) -> None:
    assert download.seconds < DEADLINE_SECONDS + SLACK_SECONDS


def test_a_download_takes_little_memory(download: Ended) -> None:
    assert download.growth_bytes <= MOST_GROWTH_BYTES


def test_a_download_that_is_not_whole_and_small_fails(download: Ended) -> None:
    assert download.outcome in {"audio_unreachable", "content_too_large"}


def test_nothing_is_kept_of_a_download_that_failed(download: Ended, scratch: Path) -> None:
    assert list(scratch.rglob("job-*")) == []


def test_a_webhook_has_ended_soon_after_the_deadline(delivery: Ended) -> None:
    assert delivery.seconds < DEADLINE_SECONDS + SLACK_SECONDS


def test_a_webhook_takes_little_memory(delivery: Ended) -> None:
    assert delivery.growth_bytes <= MOST_GROWTH_BYTES


def fetched(talk: Talk, tmp_path: Path) -> bytes:
    path = tmp_path / "audio"
    with serving(talk) as port:
        downloading.download(f"http://{HERE}:{port}/", path, guard(), NO_LIMIT)
    return path.read_bytes()


def test_what_is_sent_beyond_the_length_is_not_read(tmp_path: Path) -> None:
    assert fetched(TRUNCATED, tmp_path) == b"audio"


FAILING = {name: HOSTILE[name] for name in ("body of 1 byte/s", "gzip bomb", "length of more than is sent")}


@pytest.mark.parametrize("talk", [STEADY, *FAILING.values()], ids=["endless body", *FAILING])
def test_no_file_is_left_of_a_download_that_failed(talk: Talk, tmp_path: Path) -> None:
    with suppress(AudioUnreachable):
        fetched(talk, tmp_path)
    assert not (tmp_path / "audio").exists()


def test_an_endless_body_within_the_limit_ends_by_the_deadline() -> None:
    with serving(STEADY) as port:
        ended = measured(lambda: fetch(f"http://{HERE}:{port}/", guard(), NO_LIMIT))
    assert ended.seconds < DEADLINE_SECONDS + SLACK_SECONDS
