"""Answers in other formats are read back by those formats' own libraries."""

import csv
import io
from pathlib import Path

import pandas
import pytest
import textgrid
import webvtt
from pyannote.database.util import load_rttm
from pympi import Eaf

from shared.domain import Segment
from shared.formats import FORMATS, to_audacity, to_csv, to_eaf, to_rttm, to_textgrid, to_webvtt

SEGMENTS = [
    Segment(0.5, 4.18, "speaker1", "alice", 0.91),
    Segment(3.9, 61.25, "speaker2", None, 0.4),
    Segment(3661.001, 3662.0, "speaker1", "alice", 0.91),
]
TIMES = [("alice", 0.5, 4.18), ("speaker2", 3.9, 61.25), ("alice", 3661.001, 3662.0)]


def test_rttm_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "a.rttm").write_text(to_rttm(SEGMENTS, "talk"))
    tracks = load_rttm(tmp_path / "a.rttm")["talk"].itertracks(yield_label=True)
    read = [(label, round(turn.start, 3), round(turn.end, 3)) for turn, _, label in tracks]
    assert sorted(read) == sorted(TIMES)


def test_a_recordings_name_with_blanks_is_one_field_of_rttm() -> None:
    assert to_rttm(SEGMENTS[:1], "my talk").split()[1] == "my_talk"


def test_webvtt_is_read_back() -> None:
    cues = webvtt.from_string(to_webvtt(SEGMENTS, "talk"))
    assert [(cue.voice, cue.start_in_seconds, cue.end_in_seconds) for cue in cues] == [
        ("alice", 0, 4),
        ("speaker2", 3, 61),
        ("alice", 3661, 3662),
    ]


def test_webvtt_keeps_milliseconds() -> None:
    cues = webvtt.from_string(to_webvtt(SEGMENTS, "talk"))
    assert [(cue.start, cue.end) for cue in cues][2] == ("01:01:01.001", "01:01:02.000")


def read_textgrid(tmp_path: Path, segments: list[Segment]) -> textgrid.TextGrid:
    (tmp_path / "a.TextGrid").write_text(to_textgrid(segments, "talk"))
    return textgrid.TextGrid.fromFile(str(tmp_path / "a.TextGrid"))


def test_textgrid_is_read_back(tmp_path: Path) -> None:
    tiers = read_textgrid(tmp_path, SEGMENTS)
    read = [(tier.name, i.minTime, i.maxTime) for tier in tiers for i in tier if i.mark]
    assert sorted(read) == sorted(TIMES)


def test_textgrid_intervals_fill_the_time(tmp_path: Path) -> None:
    for tier in read_textgrid(tmp_path, SEGMENTS):
        edges = [0.0, *(interval.maxTime for interval in tier)]
        assert [interval.minTime for interval in tier] == edges[:-1]


def test_one_speakers_overlapping_segments_are_joined_in_textgrid(tmp_path: Path) -> None:
    overlapping = [Segment(0, 2, "speaker1"), Segment(1, 3, "speaker1")]
    (tier,) = read_textgrid(tmp_path, overlapping)
    assert [(interval.minTime, interval.maxTime) for interval in tier if interval.mark] == [(0, 3)]


def test_csv_is_read_back() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(SEGMENTS, "talk"))))
    read = [
        (row["speaker"] or row["label"], float(row["start_seconds"]), float(row["end_seconds"]))
        for row in rows
    ]
    assert read == TIMES


def test_audacity_labels_are_read_back(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(to_audacity(SEGMENTS, "talk"))
    labels = pandas.read_csv(tmp_path / "a.txt", sep="\t", names=["start", "end", "name"])
    assert sorted(zip(labels["name"], labels["start"], labels["end"], strict=True)) == sorted(TIMES)


def read_eaf(tmp_path: Path, segments: list[Segment], recording: str = "talk") -> Eaf:
    (tmp_path / "a.eaf").write_text(to_eaf(segments, recording), encoding="utf-8")
    return Eaf(str(tmp_path / "a.eaf"))


def test_eaf_is_read_back(tmp_path: Path) -> None:
    document = read_eaf(tmp_path, SEGMENTS)
    read = [
        (name, start / 1000, end / 1000)
        for name in document.get_tier_names()
        for start, end, _ in document.get_annotation_data_for_tier(name)
    ]
    assert sorted(read) == sorted(TIMES)


def test_one_speakers_overlapping_segments_are_joined_in_eaf(tmp_path: Path) -> None:
    document = read_eaf(tmp_path, [Segment(0, 2, "speaker1"), Segment(1, 3, "speaker1")])
    assert document.get_annotation_data_for_tier("speaker1") == [(0, 3000, "speaker1")]


def test_eaf_tells_the_recordings_name_whatever_is_in_it(tmp_path: Path) -> None:
    document = read_eaf(tmp_path, SEGMENTS, "a <talk> & more")
    assert document.get_properties() == [("recording", "a <talk> & more")]


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_answer_can_be_written(name: str) -> None:
    _, write = FORMATS[name]
    assert isinstance(write([], "talk"), str)


def test_a_segment_of_an_older_version_can_be_read() -> None:
    kept = {"start_seconds": 1.0, "end_seconds": 2.0, "label": "speaker1", "from_the_future": 1}
    assert Segment.from_json(kept) == Segment(1.0, 2.0, "speaker1")
