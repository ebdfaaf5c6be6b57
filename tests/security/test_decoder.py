"""What the decoder answers to what was made to break it."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.bombs import LONG, LYING
from tests.security.decoder import damaged_files, judged
from tests.security.playlists import SELF, playlists
from tests.security.seeds import Seed
from tests.security.verdicts import DECODED, judge, judge_file
from tests.unit.sounds import click, write_wav

DAMAGED, SEED = 80, 20
NOTHING_SAID = Seed("unknown")


def test_damage_ends_in_an_error_with_a_code_or_in_samples_that_can_be_used() -> None:
    verdicts = judged(damaged_files(DAMAGED, SEED), jobs=2)
    assert [(made.format, verdict) for made, _, verdict in verdicts if verdict.violation] == []


def test_the_same_seed_makes_the_same_damage() -> None:
    first, second = (list(damaged_files(60, SEED)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", LONG)
def test_what_unpacks_to_hours_is_too_long(name: str) -> None:
    assert judge(LONG[name](), NOTHING_SAID).answer in {"audio_too_long", "audio_unreadable"}


@pytest.mark.parametrize("name", LYING)
def test_a_header_that_cannot_be_is_no_way_to_break_anything(name: str) -> None:
    assert judge(LYING[name](), NOTHING_SAID).violation == ""


@pytest.mark.parametrize("kind", playlists(""))
def test_a_playlist_is_not_followed_to_itself(tmp_path: Path, kind: str) -> None:
    (tmp_path / SELF).write_bytes(playlists(SELF)[kind])
    assert judge_file(tmp_path / SELF, NOTHING_SAID).answer == "audio_unreadable"


@pytest.mark.parametrize("kind", playlists(""))
def test_a_playlist_is_not_followed_to_another_recording(tmp_path: Path, kind: str) -> None:
    other = write_wav(tmp_path / "other.wav", click())
    (tmp_path / SELF).write_bytes(playlists(f"file:{other}")[kind])
    assert judge_file(tmp_path / SELF, NOTHING_SAID).answer == "audio_unreadable"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody who would notice a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_a_playlist_is_not_followed_into_the_network(tmp_path: Path, listener: socket.socket) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.wav"
    for content in playlists(address).values():
        judge(content, NOTHING_SAID)
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(write_wav(tmp_path / "secret.wav", click()))
    assert judge_file(tmp_path / "link", NOTHING_SAID).answer == "audio_unreadable"


def test_a_pipe_on_which_nothing_comes_does_not_hold_the_decoder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert judge_file(tmp_path / "pipe", NOTHING_SAID).answer == "audio_unreadable"


def test_an_undamaged_recording_passes_by_the_same_way(tmp_path: Path) -> None:
    assert judge_file(write_wav(tmp_path / "audio", click()), NOTHING_SAID).answer == DECODED
