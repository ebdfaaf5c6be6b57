"""What the command takes for recordings, and how it shows who speaks when."""

import io
import os
import threading
from pathlib import Path

import pytest
from rich.console import Console

from client.cli.complaints import Complaint
from client.cli.parallel import in_parallel
from client.cli.recordings import find_recordings
from client.cli.timeline import clock, draw
from client.errors import Unreachable, UnusableAudio
from client.resources import Segment


def folder_with(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"RIFF")
    return folder


def places(*inputs: object) -> list[str]:
    return [str(one.place) for one in find_recordings([str(one) for one in inputs])]


def test_a_folders_recordings_are_found_at_any_depth(tmp_path: Path) -> None:
    folder_with(tmp_path, "b.WAV", "a/c.mp3", "notes.txt", ".hidden/d.wav", ".e.wav")
    assert places(tmp_path) == ["a/c", "b"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    folder_with(tmp_path, "recording")
    assert places(tmp_path / "recording") == ["recording"]


def test_a_recording_that_is_named_twice_is_one(tmp_path: Path) -> None:
    folder_with(tmp_path, "a.wav")
    assert places(tmp_path / "a.wav", tmp_path, tmp_path / "a.wav") == ["a"]


def test_results_of_two_recordings_do_not_take_each_others_place(tmp_path: Path) -> None:
    folder_with(tmp_path, "one/talk.wav", "one/talk.mp3", "two/talk.wav")
    found = places(tmp_path / "one", tmp_path / "two")
    assert len(set(found)) == 3


def test_an_addresss_last_word_is_its_name() -> None:
    (found,) = find_recordings(["https://example.com/calls/my%20talk.flac?token=1"])
    assert (found.stem, found.audio) == ("my talk", "https://example.com/calls/my%20talk.flac?token=1")


@pytest.mark.parametrize("name", [b"caf\xe9.wav", b"\x1b[31mred.wav", b"two\nlines.wav"])
def test_a_name_that_is_no_text_can_be_shown(tmp_path: Path, name: bytes) -> None:
    folder_with(tmp_path, os.fsdecode(name))
    (found,) = find_recordings([str(tmp_path / os.fsdecode(name))])
    assert found.name.isprintable()
    assert found.stem.isprintable()


def test_a_folder_without_recordings_is_complained_of(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="no recordings"):
        find_recordings([str(tmp_path)])


def drawn(*segments: Segment, width: int = 60) -> list[str]:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    draw(console, {"": segments})
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]


def test_a_lane_is_filled_where_somebody_speaks() -> None:
    _, lane = drawn(Segment("ann", 0, 5), Segment("ann", 10, 20))
    spoken = lane.removeprefix("  ann").strip()
    quarter = len(spoken) // 4
    assert (spoken[0], spoken[quarter + 1], spoken[-1]) == ("█", "·", "█")


def test_a_very_short_segment_does_not_break_the_lane() -> None:
    _, lane = drawn(Segment("ann", 0, 5), Segment("ann", 9.999, 10))
    spoken = lane.removeprefix("  ann").strip()
    half = len(spoken) // 2
    assert spoken == "█" * half + "·" * (len(spoken) - half)


def test_speakers_come_before_strangers() -> None:
    stranger = Segment(None, 0, 1, "speaker1")
    assert [line.split()[0] for line in drawn(stranger, Segment("zoe", 1, 2))[1:]] == ["zoe", "speaker1"]


def test_a_lane_fits_a_narrow_terminal() -> None:
    assert max(map(len, drawn(Segment("ann", 0, 5), width=60))) <= 60


def test_where_nobody_speaks_it_says_so() -> None:
    assert drawn() == ["  (nobody speaks)"]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00.0"), (59.96, "1:00.0"), (754.25, "12:34.2"), (3661.5, "1:01:01.5")]
)
def test_times_are_shown_as_on_a_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_many_are_under_way_at_once() -> None:
    meeting = threading.Barrier(3, timeout=5)
    outcomes = list(in_parallel(range(6), lambda _: meeting.wait() >= 0, 3))
    assert [one.result for one in outcomes] == [True] * 6


def fail(error: Exception) -> None:
    raise error


def test_what_fails_alone_does_not_stop_the_others() -> None:
    outcomes = list(in_parallel(range(4), lambda _: fail(UnusableAudio("broken")), 1))
    assert len(outcomes) == 4


def test_what_would_fail_all_stops_them() -> None:
    outcomes = list(in_parallel(range(4), lambda _: fail(Unreachable("nobody")), 1))
    assert len(outcomes) == 1


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_parallel([0], lambda number: 1 / number, 1))
