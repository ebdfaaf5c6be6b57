"""What the measurements are computed with: errors, bins of confidence, and the GPU's part on a CPU."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.diarization_error import DiarizationError
from bench.load import answered_bytes, http_request
from bench.overhead import figures_of
from bench.recordings import repeated_reference
from bench.reliability import Judged, bins_of, calibration_error, reliability_section
from bench.report import Section, update_report, write_report
from bench.scaling import Round, rate_of
from bench.throughput import row_of
from worker.diarization.turns import Turn

REFERENCE = [Turn(0, 4, "ann"), Turn(3, 6, "bob")]


def test_the_names_of_voices_do_not_matter() -> None:
    found = [Turn(0, 4, "1"), Turn(3, 6, "0")]
    assert DiarizationError().score(REFERENCE, found, 10) == 0


def test_overlapped_speech_is_scored() -> None:
    # Seven seconds are spoken; of the second in which both speak, one is missed.
    found = [Turn(0, 4, "1"), Turn(4, 6, "0")]
    assert DiarizationError().score(REFERENCE, found, 10) == pytest.approx(1 / 7)


def test_what_is_found_beyond_the_reference_counts() -> None:
    found = [Turn(0, 4, "1"), Turn(3, 6, "0"), Turn(8, 10, "0")]
    assert DiarizationError().score(REFERENCE, found, 10) == pytest.approx(2 / 7)


def test_a_total_weighs_recordings_by_what_is_spoken() -> None:
    error = DiarizationError()
    error.score(REFERENCE, REFERENCE, 10)
    error.score([Turn(0, 1, "ann")], [], 10)
    assert error.total == pytest.approx(1 / 8)


def test_a_repeated_conversation_has_a_repeated_reference() -> None:
    turns = repeated_reference(45)
    again = next(turn for turn in turns if turn.start_seconds >= 30)
    assert again.start_seconds - 30 == pytest.approx(turns[0].start_seconds)
    assert again.cluster == turns[0].cluster
    assert max(turn.end_seconds for turn in turns) <= 45


def test_bins_hold_decisions_of_about_the_same_confidence() -> None:
    judged = [Judged(0.95, True), Judged(1.0, True), Judged(0.91, False), Judged(0.1, False)]
    low, high = bins_of(judged)
    assert (low.low, low.number, low.right) == (0.1, 1, 0)
    assert (high.number, high.share_of_all, high.right) == (3, 0.75, pytest.approx(2 / 3))


def test_decisions_count_by_their_weight() -> None:
    (only,) = bins_of([Judged(0.55, True, 3), Judged(0.55, False, 1)])
    assert only.right == 0.75
    assert calibration_error([only]) == pytest.approx(0.2)


def test_the_diagram_is_a_picture(tmp_path: Path) -> None:
    judged = [Judged(0.3, False), Judged(0.9, True)]
    section = reliability_section(judged, tmp_path / "diagram.svg")
    circles = ElementTree.parse(tmp_path / "diagram.svg").findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(circles) == len(section.rows) - 1 == 2
    assert "(diagram.svg)" in section.note


def test_the_bytes_of_a_request_are_http() -> None:
    sent = http_request("http://host:1/path?query=1", b"body", {"X-API-Key": "key"})
    lines = [
        b"POST /path?query=1 HTTP/1.1",
        b"Host: host:1",
        b"Content-Length: 4",
        b"X-API-Key: key",
        b"",
        b"body",
    ]
    assert sent == b"\r\n".join(lines)


@pytest.mark.parametrize(
    ("come", "length"),
    [(b"HTTP/1.1 202 ACCEPTED\r\ncontent-length: 2\r\n", None), (b"A: b\r\nContent-Length: 2\r\n\r\n", 29)],
)
def test_how_long_an_answer_is_is_known_after_its_headers(come: bytes, length: int | None) -> None:
    assert answered_bytes(come) == length


def test_ratios_are_of_rates_measured_side_by_side() -> None:
    # Medians of the sides are of different rounds; the ratio is the median of the rounds' own.
    assert row_of("call", [(100, 60), (200, 100), (1000, 700)]) == (
        "call",
        "200",
        "100",
        "0.60",
        "0.50 to 0.70",
    )


def test_percentiles_are_of_all_jobs() -> None:
    assert figures_of([float(n) for n in range(101)]) == (50, 90, 99, 100)


def test_throughput_is_that_of_all_rounds_together() -> None:
    rounds = [Round(1, 50, 40), Round(2, 50, 25), Round(1, 50, 60)]
    assert (rate_of(rounds, 1), rate_of(rounds, 2)) == (1, 2)


def test_a_report_holds_every_section(tmp_path: Path) -> None:
    write_report(tmp_path / "report.md", [Section("One", ("a",), [("1",)]), Section("Two", ("b",))])
    assert "## One\n\n| a |\n| --- |\n| 1 |" in (tmp_path / "report.md").read_text()
    assert "## Two" in (tmp_path / "report.md").read_text()


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report of two sections."""
    path = tmp_path / "RESULTS.md"
    write_report(path, [Section("Speed", ["s"], [["1"]]), Section("Error", ["%"], [["20"]])])
    return path


def test_a_section_that_is_measured_again_takes_the_place_of_the_earlier_one(report: Path) -> None:
    update_report(report, [Section("Error", ["%"], [["10"]])])
    assert ("| 10 |" in report.read_text(), "| 20 |" in report.read_text()) == (True, False)


def test_other_sections_stay_as_they_are(report: Path) -> None:
    before = report.read_text().split("## Error")[0]
    update_report(report, [Section("Error", ["%"], [["10"]])])
    assert report.read_text().split("## Error")[0] == before


@pytest.mark.parametrize("title", ["Speed", "Error", "Memory", "Other"])
def test_an_empty_line_is_before_each_section(report: Path, title: str) -> None:
    update_report(report, [Section("Memory", ["MB"], [["1"]])])
    update_report(report, [Section(title, ["x"], [["1"]]), Section("Other", ["y"], [["1"]])])
    text = report.read_text()
    assert (text.count("\n\n## "), "\n\n\n" in text) == (text.count("\n## "), False)


def test_a_section_that_is_measured_again_says_so(report: Path) -> None:
    update_report(report, [Section("Error", ["%"], [["10"]], note="No collar.")])
    assert "No collar. Measured again" in report.read_text()
